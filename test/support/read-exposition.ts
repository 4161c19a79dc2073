export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the Prometheus text exposition, strictly: every sample has a TYPE before it, and a line that is neither is an error. */
export function readExposition(text: string): Sample[] {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  if (!text.endsWith('\n')) throw new Error('it does not end with a line feed');
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type) {
      types.set(type[1] ?? '', type[2] ?? '');
      continue;
    }
    const [, name = '', , inner = '', value = ''] =
      /^([a-z_]+)(\{(.*)\})? (-?[0-9.e+-]+|[+-]Inf|NaN)$/.exec(line) ?? [];
    const family = name.replace(/_(bucket|sum|count)$/, '');
    if (!types.has(name) && types.get(family) !== 'histogram') throw new Error(`not a sample: ${line}`);
    const labels = Object.fromEntries(
      [...inner.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/g)].map((m) => [m[1] ?? '', m[2] ?? '']),
    );
    samples.push({ name, labels, value: Number(value) });
  }
  return samples;
}
