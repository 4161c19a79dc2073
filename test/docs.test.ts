import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { helpView, usageOf } from '../commands/record/help.ts';
import { subcommands } from '../commands/record/index.ts';
import { readManifest } from '../sandbox/slack/manifest.ts';
import { describeConfig } from '../src/config.ts';

/** README, .env.example, manifest and help say the same as the code. */
const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
const readme = read('README.md');

describe('settings', () => {
  test('.env.example has every variable, in order, with its default and description', () => {
    const lines = read('.env.example').split('\n');
    const found = describeConfig().map((d) => ({
      name: d.name,
      at: lines.indexOf(d.required ? `${d.name}=` : `# ${d.name}=${d.default}`),
      line: `# ${d.description}`,
    }));
    expect(found.filter((f) => f.at < 0).map((f) => f.name)).toEqual([]);
    expect(found.filter((f) => lines[f.at - 1] !== f.line).map((f) => f.name)).toEqual([]);
    expect(found.map((f) => f.at)).toEqual(found.map((f) => f.at).toSorted((a, b) => a - b));
    const named = lines.map((l) => /^(?:# )?([A-Z][A-Z_]+)=/.exec(l)?.[1]).filter((n) => n !== undefined);
    expect(named).toEqual(describeConfig().map((d) => d.name));
  });

  test("the README's table is the schema", () => {
    const rows = describeConfig().map(
      (d) =>
        `| \`${d.name}\` | ${d.required ? 'required' : d.default ? `\`${d.default}\`` : 'none'} | ${d.description} |`,
    );
    const table = readme.split('\n').filter((l) => /^\| `[A-Z][A-Z_]+` \|/.test(l));
    expect(table).toEqual(rows);
  });
});

describe('subcommands', () => {
  const rows = subcommands.map((s) => `| \`${usageOf('/record', s).replaceAll('|', '\\|')}\` | ${s.summary} |`);

  test("the README's table is the list", () => {
    expect(readme.split('\n').filter((l) => l.startsWith('| `/record '))).toEqual(rows);
  });

  test('help names every one, under the configured name', () => {
    const text = JSON.stringify(helpView('/rec', subcommands));
    for (const s of subcommands) expect(text).toContain(s.summary);
    expect(text).not.toContain('/record');
  });

  test('each has a name, a summary that is a sentence, and no two share a name', () => {
    for (const s of subcommands) expect(s.summary).toMatch(/^[A-Z].*\.$/);
    expect(new Set(subcommands.map((s) => s.name)).size).toBe(subcommands.length);
  });
});

describe('manifest.yml', () => {
  const manifest = parse(read('manifest.yml'));

  test('Slack would take it', () => {
    expect(readManifest(manifest)).toMatchObject({ socketMode: true, interactivity: true });
  });

  test('its command is the default one, and its hint names every subcommand', () => {
    const [command, ...more] = readManifest(manifest).commands;
    expect(more).toEqual([]);
    expect(command?.command).toBe(describeConfig().find((d) => d.name === 'RECORD_COMMAND')?.default);
    expect(command?.usage_hint.split(' | ').map((part) => part.split(' ')[0])).toEqual(subcommands.map((s) => s.name));
  });

  test('asks for the scopes of the methods that are called, and for no other', () => {
    const scopeOf: Record<string, string> = {
      'chat.': 'chat:write',
      filesUploadV2: 'files:write',
      'users.info': 'users:read',
      'usergroups.users.list': 'usergroups:read',
      // One for each kind of conversation; all are optional.
      'conversations.': 'channels:history',
    };
    const free = ['chat.getPermalink', 'auth.test'];
    const sources = globSync(['src/**/*.ts', 'commands/**/*.ts'], { cwd: join(import.meta.dirname, '..') })
      .map(read)
      .join('\n');
    const called = [...sources.matchAll(/client\s*\.((?:[a-zA-Z]+\.)+[a-zA-Z]+|filesUploadV2)\(/g)]
      .map((m) => m[1] ?? '')
      .filter((m) => !free.includes(m));
    expect(called.length).toBeGreaterThan(3);
    const scopes = called.map(
      (m) => Object.entries(scopeOf).find(([prefix]) => m.startsWith(prefix))?.[1] ?? `unknown scope of ${m}`,
    );
    const kinds = ['groups:history', 'im:history'];
    expect([...new Set([...scopes, ...kinds, 'commands'])].sort()).toEqual(readManifest(manifest).botScopes.toSorted());
    expect(manifest.oauth_config.scopes.bot_optional).toEqual(['channels:history', ...kinds]);
  });
});
