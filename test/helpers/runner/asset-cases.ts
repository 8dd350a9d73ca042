import type { RequestListener } from 'node:http';
import type { AssetKind } from '../../../server/runner/link-walker/parse-page.ts';

/** What a single-page app answers for each path that it does not have. */
const SHELL = '\ufeff<!-- built --> \n<!DOCTYPE html><html><body><div id="root"></div></body></html>';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const SVG = '<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"/>';
const CSS = 'body { color: rgb(1, 2, 3) }';
const JS = 'window.started = true;';

/** An answer for an asset, and how it is judged. */
export interface AssetCase {
  readonly kind: AssetKind;
  readonly body: string | Buffer;
  readonly type?: string;
  readonly nosniff?: boolean;
  readonly status?: number;
  /** What follows the file's name; absent when it is fine. */
  readonly reason?: string;
  /** Whether browsers judge it in another way, or have nothing to show for it. */
  readonly isOurs?: boolean;
}

export const ASSET_CASES: readonly AssetCase[] = [
  { kind: 'script', body: JS, type: 'text/javascript; charset=utf-8' },
  { kind: 'script', body: JS, type: 'Application/X-JavaScript', nosniff: true },
  { kind: 'script', body: JS, type: 'text/plain' },
  { kind: 'script', body: JS, type: 'text/html' },
  { kind: 'script', body: `<!-- hide\n${JS}\n// -->`, type: 'text/html' },
  { kind: 'script', body: JS },
  { kind: 'script', body: '', type: 'text/javascript', isOurs: true },
  { kind: 'script', body: SHELL, type: 'text/html', reason: 'is HTML (text/html), not JavaScript' },
  {
    kind: 'script',
    body: SHELL,
    type: 'text/javascript',
    reason: 'is HTML (text/javascript), not JavaScript',
  },
  { kind: 'script', body: SHELL, reason: 'is HTML (without a Content-Type), not JavaScript' },
  { kind: 'script', body: JS, type: 'text/csv', reason: 'was sent as text/csv, which browsers do not run' },
  { kind: 'script', body: JS, type: 'image/png', reason: 'was sent as image/png, which browsers do not run' },
  {
    kind: 'script',
    body: JS,
    type: 'text/plain',
    nosniff: true,
    reason: 'was sent as text/plain with "nosniff", so browsers do not run it',
  },
  {
    kind: 'script',
    body: JS,
    nosniff: true,
    reason: 'was sent without a Content-Type with "nosniff", so browsers do not run it',
  },
  { kind: 'module', body: JS, type: 'text/javascript' },
  { kind: 'module', body: JS, type: 'application/ecmascript', nosniff: true },
  { kind: 'module', body: SHELL, type: 'text/html', reason: 'is HTML (text/html), not JavaScript' },
  {
    kind: 'module',
    body: JS,
    type: 'text/plain',
    reason: 'was sent as text/plain; browsers run modules as text/javascript only',
  },
  {
    kind: 'module',
    body: JS,
    reason: 'was sent without a Content-Type; browsers run modules as text/javascript only',
  },
  { kind: 'style', body: CSS, type: 'text/css' },
  { kind: 'style', body: '', type: 'text/css', nosniff: true, isOurs: true },
  { kind: 'style', body: CSS },
  { kind: 'style', body: SHELL, type: 'text/html', reason: 'is HTML (text/html), not CSS' },
  {
    kind: 'style',
    body: CSS,
    type: 'text/plain',
    reason: 'was sent as text/plain; browsers need text/css',
  },
  {
    kind: 'style',
    body: CSS,
    nosniff: true,
    reason: 'was sent without a Content-Type; browsers need text/css',
  },
  { kind: 'image', body: PNG, type: 'image/png' },
  { kind: 'image', body: PNG, type: 'text/html', nosniff: true },
  { kind: 'image', body: PNG },
  { kind: 'image', body: SVG, type: 'image/svg+xml' },
  { kind: 'image', body: '<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>', type: 'image/svg+xml' },
  { kind: 'image', body: 'II-like bytes of a format that is new', type: 'image/new', isOurs: true },
  { kind: 'image', body: '', status: 204, isOurs: true },
  { kind: 'image', body: SHELL, type: 'text/html', reason: 'is HTML (text/html), not an image' },
  { kind: 'image', body: SHELL, type: 'image/png', reason: 'is HTML (image/png), not an image' },
  { kind: 'image', body: '', type: 'image/png', reason: 'is empty' },
  {
    kind: 'image',
    body: '{"error":"not found"}',
    type: 'application/json',
    reason: 'was sent as application/json, and is no image',
  },
  {
    kind: 'image',
    body: SVG,
    type: 'text/plain',
    reason: 'is SVG, but was sent as text/plain; browsers need image/svg+xml',
  },
  {
    kind: 'image',
    body: PNG,
    type: 'image/svg+xml',
    reason: 'was sent as image/svg+xml, and is another image',
  },
  { kind: 'font', body: 'wOF2\0\x01', type: 'text/plain' },
  { kind: 'font', body: 'an older format', type: 'application/vnd.ms-fontobject' },
  { kind: 'font', body: SHELL, type: 'text/html', reason: 'is HTML (text/html), not a font' },
  { kind: 'font', body: 'Not found', type: 'text/plain', reason: 'was sent as text/plain, and is no font' },
  { kind: 'font', body: '', type: 'font/woff2', reason: 'is empty' },
  { kind: 'manifest', body: '{}', type: 'application/json' },
  { kind: 'manifest', body: SHELL, type: 'text/html', reason: 'is HTML (text/html), not a manifest' },
  { kind: 'manifest', body: '', reason: 'is empty' },
  { kind: 'media', body: 'film', type: 'video/mp4' },
  { kind: 'media', body: SHELL, type: 'text/html', reason: 'is HTML (text/html), not audio or video' },
  { kind: 'object', body: SHELL, type: 'text/html' },
  { kind: 'preload', body: SHELL, type: 'text/html' },
];

/** Answers `/INDEX` with that case, and everything else by `otherwise`. */
export function answerCases(
  otherwise: RequestListener = (_request, response) => response.end(),
): RequestListener {
  return (request, response) => {
    const found = /^\/(\d+)$/.exec(request.url ?? '');
    const given = found === null ? undefined : ASSET_CASES[Number(found[1])];
    if (given === undefined) {
      otherwise(request, response);
      return;
    }
    const { body, type, nosniff = false, status = 200 } = given;
    const headers = {
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(nosniff ? { 'x-content-type-options': 'nosniff' } : {}),
    };
    response.writeHead(status, headers).end(body);
  };
}
