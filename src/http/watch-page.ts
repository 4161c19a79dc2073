/** What a page is made of; all text is escaped here. */
export interface WatchPage {
  title: string;
  /** `list`: HLS through the script. `file`: the browser plays it by itself. */
  kind: 'list' | 'file';
  /** The token, which all addresses of this page begin with. */
  token: string;
}

/** The page that plays a recording. Addresses are relative, so that it works under any path that leads to the bot. */
export function watchPage({ title, kind, token }: WatchPage): string {
  const source = kind === 'file' ? ` src="${token}/file"` : ` data-list="${token}/list.m3u8"`;
  return page(
    title,
    `<h1>${escapeHtml(title)}</h1>
<video id="video" controls playsinline preload="metadata" aria-label="Recording of ${escapeHtml(title)}"${source}></video>
<p id="status" role="status"></p>${kind === 'list' ? '\n<noscript><p>This page needs JavaScript to play the recording.</p></noscript>' : ''}`,
    '<script type="module" src="player.js"></script>',
  );
}

/** A page that says one thing. */
export function sentencePage(title: string, sentence: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(sentence)}</p>`);
}

function page(title: string, main: string, script = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="player.css">
${script}
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
}
