import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES } from '../../server/http/errors.ts';

const root = join(import.meta.dirname, '..', '..');
const readText = (path: string) => readFileSync(join(root, path), 'utf8');
const page = readText('docs/troubleshooting.md');

/** The sub-headings of a section. */
function listHeadings(title: string): string[] {
  const section = page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);
}

/** The titles of all failures in the sources of the action and the command. */
function listTitles(): string[] {
  const folder = join('action', 'src');
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readText(join(folder, file)));
  // Where a title is made: the places that hold one or more of them as text.
  const places = [
    /new ActionError\(\s*('[^']+')/g,
    /super\(\s*('[^']+')/g,
    /_TITLE = ('[^']+')/g,
    /\bTITLES: Readonly<Record<[^=]+= \{([^}]+)\}/g,
    /\n {4}title: ([^,]+),/g,
    /\nfunction chooseTitle\([\s\S]+?\{\n([\s\S]+?)\n\}/g,
  ];
  const texts = sources.flatMap((source) =>
    places.flatMap((place) => [...source.matchAll(place)].map(([, text = '']) => text)),
  );
  return texts.flatMap((text) => [...text.matchAll(/'([a-z][^']+)'/g)].map(([, title = '']) => title));
}

describe('the page', () => {
  test('has a heading for each code of the server, and for no other', () => {
    expect(listHeadings("The server's answers").sort()).toEqual(
      ERROR_CODES.map((code) => `\`${code}\``).sort(),
    );
  });

  test('has a heading for each title of the action', () => {
    const titles = new Set(listTitles());
    expect(titles).toContain('the key was refused');
    expect(titles).toContain('the server failed');
    expect(titles).toContain('the state was not saved');
    expect(titles.size).toBeGreaterThanOrEqual(25);
    const headings = listHeadings("The action's messages");
    expect([...titles].filter((title) => !headings.includes(title))).toEqual([]);
  });
});

/** The anchors of a page as GitHub makes them. */
function listAnchors(text: string): string[] {
  const prose = text.replace(/^```[\s\S]+?^```$/gm, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'test/README.md'].concat(
  readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
);

test.each(PAGES)('every link of %s within the repository leads somewhere', (name) => {
  const targets = [...readText(name).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to = '']) => to);
  const broken = targets.filter((to) => {
    const [file = '', anchor] = to.split('#');
    const path = file === '' ? name : join(name, '..', file);
    try {
      const isPage = path.endsWith('.md');
      const text = isPage ? readText(path) : '';
      return isPage ? anchor !== undefined && !listAnchors(text).includes(anchor) : !isThere(path);
    } catch {
      return true;
    }
  });
  expect(broken).toEqual([]);
});

function isThere(path: string): boolean {
  const names = readdirSync(join(root, path, '..'));
  return names.includes(path.split('/').at(-1) ?? '') || path.endsWith('/');
}
