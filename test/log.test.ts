import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The log writes to its process's standard output, so it needs one of its own. */
function write(level: string, secrets: string[], statements: string): string {
  const script = `const { createLog, hideSecrets } = await import(${JSON.stringify(join(import.meta.dirname, '../src/log.ts'))});
    const log = createLog(${JSON.stringify(level)}, hideSecrets(${JSON.stringify(secrets)}));
    ${statements}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect(child.stderr).toBe('');
  return child.stdout;
}

test('no secret gets out, however it got in', () => {
  const secret = 'canary/"quoted"+secret';
  const plain = 'canary-plain-secret';
  const base64 = Buffer.from(plain).toString('base64');
  const text = write(
    'info',
    [secret, plain],
    `log.info({ token: '${plain}', deep: { list: ['a ${plain} b'] } }, 'said ${plain} twice: ${plain}');
     log.error({ err: new Error('Basic ${base64}') }, 'failed');
     log.child({ part: '${plain}' }).warn({ where: '${secret}' }, 'child');`,
  );
  expect(text.trim().split('\n')).toHaveLength(3);
  expect(text).toContain('said [secret] twice: [secret]');
  for (const hidden of [plain, base64, secret, JSON.stringify(secret).slice(1, -1)]) expect(text).not.toContain(hidden);
  for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
});

test('no half of one gets out of a text that is cut', () => {
  const secret = 'secret'.repeat(20);
  const texts = [2_900, 2_950, 2_999].map(
    (n) => `log.warn({ err: new Error('x'.repeat(${n}) + '${secret}' + ' y'.repeat(999)) }, 'cut');`,
  );
  const text = write('info', [secret], texts.join('\n'));
  expect(text.trim().split('\n')).toHaveLength(3);
  expect(text).not.toContain('secrets');
});

test('what is too short to be a secret blots nothing out', () => {
  expect(write('info', ['info', ''], `log.info({}, 'information');`)).toContain('"msg":"information"');
});

test('an error is written with what caused it, and not with the whole page that came instead of an answer', () => {
  const text = write(
    'info',
    [],
    `const page = '<html>' + 'Be right back. '.repeat(5000);
     const cause = Object.assign(new Error('said: ' + page), { code: 'platform', data: { ok: false, error: page } });
     log.warn({ err: new Error('failed', { cause }) }, 'away');
     log.warn({ err: cause }, 'away');`,
  );
  const [outer, inner] = text.trim().split('\n');
  expect(outer).toContain('caused by: Error: said: <html>');
  expect(JSON.parse(inner ?? '')).toMatchObject({ err: { code: 'platform', data: { ok: false } } });
  expect(text.length).toBeLessThan(40_000);
});

test('an error is written whatever it carries', () => {
  const text = write(
    'info',
    [],
    `const odd = Object.assign(new Error('odd'), { n: 1n, at: new Date(0), nothing: undefined });
     odd.self = { odd, deep: { list: [odd] } };
     log.warn({ err: odd }, 'odd');
     const mean = new Error('mean');
     mean.data = { get text() { throw new Error('no'); } };
     log.warn({ err: mean }, 'mean');
     log.warn({ err: Object.freeze(new Error('frozen')) }, 'frozen');
     for (const value of [undefined, null, 'text', 7, {}]) log.warn({ err: value }, 'no error');`,
  );
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map((l) => l.msg)).toEqual(['odd', 'mean', 'frozen', ...Array(5).fill('no error')]);
  expect(lines[0]).toMatchObject({ err: { message: 'odd', at: '1970-01-01T00:00:00.000Z' } });
});
