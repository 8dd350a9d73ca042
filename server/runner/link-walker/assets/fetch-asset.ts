import type { Dispatcher } from 'undici';
import { decodeStylesheet } from '../http/decode-stylesheet.ts';
import { describeBodyError, describeConnectError } from '../http/failure-reason.ts';
import { followRedirects, isSuccess, redirected, showStatus } from '../http/follow-redirects.ts';
import { discard, type HttpClient, RateLimitError, TOO_MANY_REQUESTS } from '../http/http-client.ts';
import { readBody } from '../http/read-body.ts';
import type { Asset, AssetKind } from '../parse-page.ts';
import type { WalkLimits } from '../walk-limits.ts';
import { Digester } from './integrity.ts';
import type { AssetFacts } from './judge-asset.ts';
import { SNIFFED_BYTES, sniff } from './sniff.ts';

/** What a request for an asset led to. */
export type FetchedAsset =
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'rate-limited' }
  /** It redirects to another origin, which is not asked. */
  | { readonly kind: 'outside' }
  | ArrivedAsset;

export interface ArrivedAsset {
  readonly kind: 'arrived';
  readonly url: URL;
  readonly facts: AssetFacts;
  /** The beginning of a stylesheet; `null` for everything else. */
  readonly css: string | null;
  /** Whether it has more bytes than were read. */
  readonly isCut: boolean;
}

export interface FetchAssetOptions {
  readonly client: HttpClient;
  readonly limits: WalkLimits;
  /** Whether redirects to other origins are followed. */
  readonly isExternal: boolean;
  readonly signal: AbortSignal;
}

/** Films are long, and their beginning shows that they are there. */
const FILM_BYTES = 64 * 1024;

/** What browsers send for each kind: some servers choose by it, and answer pages where HTML is accepted. */
const ACCEPTED: Readonly<Partial<Record<AssetKind, string>>> = {
  image: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  style: 'text/css,*/*;q=0.1',
  object: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
};
const WITH_INTEGRITY: ReadonlySet<AssetKind> = new Set(['script', 'module', 'style', 'preload']);

/** Fetches an asset to its end, or as much of it as is read. Never rejects. */
export async function fetchAsset(
  { href, kind }: Asset,
  { client, limits, isExternal, signal }: FetchAssetOptions,
): Promise<FetchedAsset> {
  const start = new URL(href);
  const arrival = await followRedirects(start, {
    client,
    origin: isExternal ? null : start.origin,
    redirects: limits.redirects,
    signal,
    until: performance.now() + limits.pageMs,
    accept: ACCEPTED[kind] ?? '*/*',
    ...(kind === 'media' ? { firstBytes: FILM_BYTES } : {}),
  });
  const { url } = arrival;
  const subject = redirected(start, url);
  const fail = (reason: string): FetchedAsset => ({ kind: 'failed', reason: subject + reason });
  switch (arrival.kind) {
    case 'outside':
      return { kind: 'outside' };
    case 'bad-redirect':
      return fail(arrival.reason);
    case 'unreachable':
      return arrival.error instanceof RateLimitError
        ? { kind: 'rate-limited' }
        : fail(describeConnectError(arrival.error, { url, pageMs: limits.pageMs }).reason);
    case 'response':
      break;
  }
  const { response } = arrival;
  if (!isSuccess(response.statusCode)) {
    discard(response);
    return response.statusCode === TOO_MANY_REQUESTS
      ? { kind: 'rate-limited' }
      : fail(`responded ${showStatus(response.statusCode)}`);
  }
  try {
    return await readAsset(response, { url, kind, limits, signal });
  } catch (error) {
    const cause = signal.aborted ? signal.reason : error;
    return fail(describeBodyError(cause, { url, pageMs: limits.pageMs }));
  }
}

interface ReadAssetOptions {
  readonly url: URL;
  readonly kind: AssetKind;
  readonly limits: WalkLimits;
  readonly signal: AbortSignal;
}

async function readAsset(
  response: Dispatcher.ResponseData,
  { url, kind, limits, signal }: ReadAssetOptions,
): Promise<ArrivedAsset> {
  const type = typeOf(response);
  const digester = WITH_INTEGRITY.has(kind) ? new Digester() : null;
  const isFilm = kind === 'media' || type.startsWith('multipart/');
  const { bytes, isCut } = await readBody(response, {
    maxBytes: isFilm ? FILM_BYTES : limits.assetBytes,
    keepBytes: kind === 'style' ? limits.pageBytes : SNIFFED_BYTES,
    onBytes: (chunk) => digester?.update(chunk),
  });
  return {
    kind: 'arrived',
    url,
    facts: {
      type,
      isNosniff: /^\s*nosniff\b/i.test(String(response.headers['x-content-type-options'] ?? '')),
      sniffed: sniff(bytes),
      hasNoContent: response.statusCode === 204 || response.statusCode === 205,
      digests: isCut || digester === null ? null : digester.digest(),
    },
    css:
      kind === 'style'
        ? await decodeStylesheet(bytes, { contentType: contentTypeOf(response), signal })
        : null,
    isCut: isCut && !isFilm,
  };
}

function typeOf(response: Dispatcher.ResponseData): string {
  return (contentTypeOf(response).split(';')[0] ?? '').trim().toLowerCase();
}

function contentTypeOf({ headers }: Dispatcher.ResponseData): string {
  return [headers['content-type'] ?? []].flat().at(-1) ?? '';
}
