import type { Dispatcher } from 'undici';
import { describeBodyError, describeConnectError } from '../http/failure-reason.ts';
import { followRedirects, redirected } from '../http/follow-redirects.ts';
import { discard, type HttpClient, RateLimitError } from '../http/http-client.ts';
import { readBody } from '../http/read-body.ts';
import { isSuccess, showStatus, TOO_MANY_REQUESTS } from '../http/status.ts';
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
  /** An image of which browsers show the beginning, such as that of a camera, when the time was over. */
  | { readonly kind: 'arriving' }
  | ArrivedAsset;

export interface ArrivedAsset {
  readonly kind: 'arrived';
  readonly url: URL;
  readonly facts: AssetFacts;
  /** The beginning of a stylesheet; `null` for everything else. */
  readonly css: Uint8Array | null;
  readonly contentType: string;
  /** Whether it has more bytes than were read. */
  readonly isCut: boolean;
}

export interface FetchAssetOptions {
  readonly client: HttpClient;
  readonly limits: WalkLimits;
  /** Whether redirects to other origins are followed. */
  readonly isExternal: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** How far an asset has arrived. */
export interface Progress {
  bytes: number;
}

/** Films are long, and their beginning shows that they are there. */
const FILM_BYTES = 64 * 1024;
const BEGUN_BYTES = 64 * 1024;
/** Longer than any that is registered. */
const LONGEST_TYPE = 200;

/** What browsers send for each kind: some servers choose by it, and answer pages where HTML is accepted. */
const ACCEPTED: Readonly<Partial<Record<AssetKind, string>>> = {
  image: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  style: 'text/css,*/*;q=0.1',
  object: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
};
const WITH_INTEGRITY: ReadonlySet<AssetKind> = new Set(['script', 'module', 'style', 'preload']);

/** Whether enough of an image has arrived to show it, although it did not end. */
export function isArriving({ kind }: Asset, { bytes }: Progress): boolean {
  return kind === 'image' && bytes >= BEGUN_BYTES;
}

/** Fetches an asset to its end, or as much of it as is read. Never rejects. */
export async function fetchAsset(
  asset: Asset,
  { client, limits, isExternal, progress, signal }: FetchAssetOptions,
): Promise<FetchedAsset> {
  const { href, kind } = asset;
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
    case 'excluded':
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
    return await readAsset(response, { url, kind, limits, progress });
  } catch (error) {
    if (signal.aborted && isArriving(asset, progress)) {
      return { kind: 'arriving' };
    }
    const cause = signal.aborted ? signal.reason : error;
    return fail(describeBodyError(cause, { url, pageMs: limits.pageMs }));
  }
}

interface ReadAssetOptions {
  readonly url: URL;
  readonly kind: AssetKind;
  readonly limits: WalkLimits;
  readonly progress: Progress;
}

async function readAsset(
  response: Dispatcher.ResponseData,
  { url, kind, limits, progress }: ReadAssetOptions,
): Promise<ArrivedAsset> {
  const contentType = [response.headers['content-type'] ?? []].flat().at(-1) ?? '';
  const type = essenceOf(contentType);
  const digester = WITH_INTEGRITY.has(kind) ? new Digester() : null;
  const isFilm = kind === 'media' || type.startsWith('multipart/');
  const { bytes, isCut } = await readBody(response, {
    maxBytes: isFilm ? FILM_BYTES : limits.assetBytes,
    keepBytes: kind === 'style' ? limits.pageBytes : SNIFFED_BYTES,
    onBytes: (chunk) => {
      progress.bytes += chunk.length;
      digester?.update(chunk);
    },
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
    css: kind === 'style' ? bytes : null,
    contentType,
    isCut: isCut && !isFilm,
  };
}

/** The type without parameters. As a copy: a part would keep the whole header, which may be long, for all of the walk. */
function essenceOf(contentType: string): string {
  const [essence = ''] = contentType.slice(0, LONGEST_TYPE).split(';', 1);
  return Buffer.from(essence.trim().toLowerCase()).toString();
}
