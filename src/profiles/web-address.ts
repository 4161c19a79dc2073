const isLoopback = (url: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);

/** https, or http on this machine. Credentials in an address would end up in logs; a query would be cut off. */
export function webAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  if (!url || url.username || url.password || url.search || url.hash) return undefined;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)) ? url : undefined;
}

/** The address of a bare host, or of an address without a path: what is behind the host is the bucket's business. */
export function endpointAddress(text: string): URL | undefined {
  if (text.includes('://')) {
    const url = webAddress(text);
    return url?.pathname === '/' ? url : undefined;
  }
  const url = URL.parse(`https://${text}`);
  return url?.host === text.toLowerCase() ? url : undefined;
}

/** Where container platforms give their workloads credentials over plain http (AWS docs, container credential provider): ECS and EKS. */
const platformHosts = ['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]'];

/** An address that temporary credentials are read from: https, or http where nobody is in between. */
export function credentialsAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  if (!url || url.username || url.password || url.hash) return undefined;
  const near = isLoopback(url) || platformHosts.includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && near) ? url : undefined;
}
