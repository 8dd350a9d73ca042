import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeHtml } from '../../../../server/runner/link-walker/http/decode-html.ts';
import { parsePage } from '../../../../server/runner/link-walker/parse-page.ts';
import { startBrowser } from '../../../helpers/browser/browser.ts';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';

const HREFS = [
  '?q=\u00e9\u6f22\u30bd\u20ac\u042f\ud55c\u0141&r=\u{1f642}',
  'd\u00e9j\u00e0/\u6f22?\u6f22/\u00e9?\u30bd&#38;a=1 b"\'<>|#\u6f22',
  'https://b\u00fccher.example/\u00e9?\t\u00e9\n%E9%&#37;  ',
  '?ascii only',
  '//cdn.example?\u00ff\u00a5\u203e\uff0d\u2212',
];
/** In ASCII, so that the charset decides nothing but how queries are written. */
const LINKS = HREFS.map((href) => `<a href="${escapeHtml(href)}">x</a>`).join('');

const html = (label: string) => `text/html; charset=${label}`;
const byHeader = (label: string): Row => [label, html(label), Buffer.from(LINKS)];
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** A name, the `Content-Type`, and the bytes of a page. */
type Row = readonly [name: string, contentType: string, bytes: Buffer];

const ROWS: readonly Row[] = [
  ...'utf-8 windows-1252 iso-8859-1 us-ascii windows-1251 iso-8859-2 iso-8859-15 koi8-r koi8-u windows-1254 windows-874 iso-8859-8-i macintosh x-mac-cyrillic ibm866'
    .split(' ')
    .map(byHeader),
  ...'shift_jis euc-jp iso-2022-jp gbk gb2312 gb18030 big5 euc-kr'.split(' ').map(byHeader),
  ['utf-16le by header', html('utf-16'), Buffer.from(LINKS, 'utf16le')],
  ['utf-16be by header', html('utf-16be'), utf16be(LINKS)],
  ['utf-16le by mark, against the header', html('utf-8'), Buffer.from(`\ufeff${LINKS}`, 'utf16le')],
  ['utf-16be by mark', 'text/html', utf16be(`\ufeff${LINKS}`)],
  ['utf-8 by mark, against the header', html('windows-1251'), Buffer.from(`\ufeff<a href="?é">x</a>`)],
  ['raw bytes of windows-1251', html('windows-1251'), Buffer.from('<a href="\xff?\xff">x</a>', 'latin1')],
  ['raw bytes of shift_jis', html('"shift_jis"'), Buffer.from('<a href="\x83\x5c?\x83\x5c">x</a>', 'latin1')],
  ['meta', 'text/html', Buffer.from(`<meta charset=koi8-r>${LINKS}`)],
  [
    'meta with other attributes',
    'text/html',
    Buffer.from(`<meta name=x content="a>b" charset = 'KOI8-R' />${LINKS}`),
  ],
  ['meta, against the header', html('windows-1251'), Buffer.from(`<meta charset=koi8-r>${LINKS}`)],
  [
    'meta of the longer form',
    'text/html',
    Buffer.from(`<meta http-equiv="content-type" content="text/html; charset=koi8-r">${LINKS}`),
  ],
  [
    'meta of the longer form without its name',
    'text/html',
    Buffer.from(`<meta content="charset=koi8-r"><meta charset=windows-1251>${LINKS}`),
  ],
  [
    'meta in a comment',
    'text/html',
    Buffer.from(`<!-- <meta charset=koi8-r> --><meta charset=windows-1251>${LINKS}`),
  ],
  ['meta of utf-16', 'text/html', Buffer.from(`<meta charset=utf-16>${LINKS}`)],
  [
    'meta of an unknown charset',
    'text/html',
    Buffer.from(`<meta charset=klingon><meta charset=koi8-r>${LINKS}`),
  ],
  ['an unknown header, and meta', html('klingon'), Buffer.from(`<meta charset=koi8-r>${LINKS}`)],
  ['an XML declaration', 'text/html', Buffer.from(`<?xml version="1.0" encoding="koi8-r"?>${LINKS}`)],
];

function escapeHtml(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 126 || character === '"' || character === '<' ? `&#${code};` : character;
  }).join('');
}

interface Reading {
  readonly charset: string;
  readonly hrefs: readonly string[];
}

let site: RawSite;
let readByBrowser: readonly Reading[];

beforeAll(async () => {
  site = await startHttpSite((request, response) => {
    const [, contentType = 'text/html', bytes = ''] = ROWS[Number(request.url?.slice(1))] ?? [];
    response.writeHead(200, { 'content-type': contentType }).end(bytes);
  });
  readByBrowser = await readInBrowser();
}, 120_000);

afterAll(() => site.stop());

async function readInBrowser(): Promise<Reading[]> {
  const browser = await startBrowser();
  try {
    const { page, goTo } = await browser.open({ server: site });
    const readings: Reading[] = [];
    for (const index of ROWS.keys()) {
      await goTo(`/${index}`);
      readings.push(
        await page.evaluate<Reading>(
          '({ charset: document.characterSet.toLowerCase(), hrefs: [...document.links].map((a) => a.href) })',
        ),
      );
    }
    return readings;
  } finally {
    await browser.stop();
  }
}

test.each(ROWS.map((row, index) => [...row, index] as const))(
  'reads a page and writes its queries as a browser does: %s',
  async (_name, contentType, bytes, index) => {
    const { signal } = new AbortController();
    const { html: text, charset } = await decodeHtml(bytes, contentType, signal);
    const { links } = await parsePage(
      text,
      new URL(`/${index}`, site.url.replace('127.0.0.1', 'localhost')),
      { signal, charset },
    );
    const hrefs = readByBrowser[index]?.hrefs.map((href) => href.replace(/#.*$/, ''));
    expect({ charset, hrefs: links.map(({ href }) => href) }).toEqual({ ...readByBrowser[index], hrefs });
    expect(hrefs).not.toEqual([]);
  },
);
