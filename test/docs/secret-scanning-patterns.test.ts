import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { marked, type Token, type Tokens } from 'marked';
import { RE2JS } from 're2js';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { generateApiKey } from '../../server/auth/keys/api-key.ts';

/** The patterns on the page, as readers copy them. */
const page = marked.lexer(readFileSync(new URL('../../docs/secret-scanning.md', import.meta.url), 'utf8'));

function findUnder(heading: string, type: Token['type']): Token {
  const start = page.findIndex((token) => token.type === 'heading' && token.text === heading);
  const found = page.slice(start + 1).find((token) => token.type === type);
  if (start < 0 || !found) {
    throw new Error(`The page has no ${type} under ${heading}.`);
  }
  return found;
}

const readCode = (heading: string) => (findUnder(heading, 'code') as Tokens.Code).text;

const [gitleaks] = z
  .object({
    rules: z.tuple([
      z.strictObject({
        id: z.string(),
        description: z.string(),
        regex: z.string(),
        secretGroup: z.literal(1),
        entropy: z.number(),
        keywords: z.array(z.string()),
      }),
    ]),
  })
  .parse(parseToml(readCode('gitleaks'))).rules;

const [trufflehog] = z
  .object({
    detectors: z.tuple([
      z.strictObject({
        name: z.string(),
        keywords: z.array(z.string()),
        regex: z.strictObject({ key: z.string() }),
        entropy: z.number(),
      }),
    ]),
  })
  .parse(parseYaml(readCode('TruffleHog'))).detectors;

function readGithubPattern(): string {
  const { rows } = findUnder('GitHub custom patterns', 'table') as Tokens.Table;
  const fields = new Map(
    rows.map(([field, value]) => [field?.text, (value?.tokens[0] as Tokens.Codespan | undefined)?.text]),
  );
  const [before, format, after] = ['Before secret', 'Secret format', 'After secret'].map((name) =>
    fields.get(name),
  );
  return `(?:${before})(${format})(?:${after})`;
}

/** Bits per character, as gitleaks and TruffleHog measure it. */
function measureEntropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

interface Scanner {
  readonly regex: string;
  readonly keywords?: readonly string[];
  readonly entropy?: number;
}

/**
 * What a scanner finds. All three accept the syntax of RE2, from which Go's engine comes, so RE2 is used
 * here.
 */
function scan({ regex, keywords = [''], entropy = 0 }: Scanner, text: string): string[] {
  if (!keywords.some((keyword) => text.toLowerCase().includes(keyword))) {
    return [];
  }
  const matcher = RE2JS.compile(regex).matcher(text);
  const found: string[] = [];
  while (matcher.find()) {
    found.push(matcher.group(1) ?? '');
  }
  return found.filter((secret) => measureEntropy(secret) > entropy);
}

const SCANNERS: [string, Scanner][] = [
  ['gitleaks', gitleaks],
  ['TruffleHog', { ...trufflehog, regex: trufflehog.regex.key }],
  ['GitHub', { regex: readGithubPattern() }],
];

const LEAKS: [string, (key: string) => string][] = [
  ['by itself', (key) => key],
  ['an .env file', (key) => `A=1\nQASSANDRA_API_KEY=${key}\nB=2\n`],
  ['an .env file of Windows', (key) => `QASSANDRA_API_KEY=${key}\r\nB=2\r\n`],
  ['the end of a file', (key) => `export KEY='x' QASSANDRA_API_KEY=${key}`],
  ['YAML', (key) => `with:\n  api-key: ${key} # mine\n`],
  ['quoted YAML', (key) => `api-key: "${key}"\n`],
  ['JSON', (key) => JSON.stringify({ apiKey: key })],
  ['JSON in JSON', (key) => JSON.stringify(JSON.stringify({ apiKey: key }))],
  ['JavaScript', (key) => `const key = '${key}';`],
  ['a template literal', (key) => `const key = \`${key}\`;`],
  ['a header', (key) => `curl -H 'Authorization: Bearer ${key}' https://checks.example.com/`],
  ['a query', (key) => `https://checks.example.com/?key=${key}&wait=1`],
  ['XML', (key) => `<key>${key}</key>`],
  ['a sentence', (key) => `My key is ${key}.`],
  ['a list', (key) => `one,${key},two`],
  ['Markdown', (key) => `use **${key}** or [${key.slice(0, 8)}](x)`],
  ['a line feed, written out', (key) => `"key:\\n${key}\\nend"`],
  ['a tab, written out', (key) => `printf 'key\\t${key}\\r\\n'`],
];

const LIKENESSES: [string, (key: string) => string][] = [
  ['a character less', (key) => key.slice(0, -1)],
  ['a character more', (key) => `${key}a`],
  ['an underscore after it', (key) => `${key}_old`],
  ['a word before it', (key) => `my${key}`],
  ['a name before it', (key) => `x_${key}`],
  ['another prefix', (key) => key.replace('qsk_', 'qsk-')],
  ['a capital prefix', (key) => key.replace('qsk_', 'QSK_')],
  ['no prefix', (key) => key.slice(4)],
  ['a character of another alphabet', (key) => `${key.slice(0, 20)}-${key.slice(21)}`],
  ['a break in the middle', (key) => `${key.slice(0, 20)}\n${key.slice(20)}`],
  ['an ellipsis', (key) => `${key.slice(0, 8)}…`],
  ['a variable', () => 'Authorization: Bearer $QASSANDRA_API_KEY'],
  ['a placeholder', () => 'qsk_YOUR_API_KEY'],
];

describe.each(SCANNERS)('the pattern for %s', (_name, scanner) => {
  const keys = Array.from({ length: 25 }, generateApiKey);

  test.each(LEAKS)('finds a key in %s', (_case, write) => {
    for (const key of keys) {
      expect(scan(scanner, write(key))).toEqual([key]);
    }
  });

  test.each(LIKENESSES)('finds no key in text with %s', (_case, write) => {
    for (const key of keys) {
      expect(scan(scanner, write(key))).toEqual([]);
    }
  });

  test('finds each of several keys', () => {
    expect(scan(scanner, keys.join('\n\n'))).toEqual(keys);
  });
});

test.each(SCANNERS.slice(0, 2))(
  '%s ignores a text of the length of a key that is all x',
  (_name, scanner) => {
    expect(scan(scanner, `qsk_${'x'.repeat(42)}`)).toEqual([]);
  },
);

describe('the command that tells a key from similar text, offline', () => {
  const run = (input: string) =>
    spawnSync('sh', ['-c', readCode('Is it a real key')], {
      input,
      encoding: 'utf8',
      env: { PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
    }).stdout;

  test('recognises a key, and refuses one with a mistyped character', () => {
    const key = generateApiKey();
    expect(run(`${key}\n`)).toBe('This is the form of a key.\n');
    expect(run(key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a'))).toContain('This is not a key');
    expect(run(key.slice(0, -1))).toContain('This is not a key');
    expect(run('')).toContain('This is not a key');
  });
});
