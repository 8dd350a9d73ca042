import {
  type AssetCheckerOptions,
  type AssetReport,
  createAssetChecker,
} from '../../../server/runner/link-walker/asset-checker.ts';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
} from '../../../server/runner/link-walker/http/http-client.ts';
import type { Asset } from '../../../server/runner/link-walker/parse-page.ts';
import { readLimits } from '../../../server/runner/link-walker/walk/read-limits.ts';
import type { WalkLimits } from '../../../server/runner/link-walker/walk-limits.ts';
import { createNetworkPolicy } from '../../../server/runner/network/network-policy.ts';

/** Finds all host names on loopback, where the sites of tests listen. */
export const LOOPBACK = createNetworkPolicy({
  privateTargets: 'allow',
  lookup: async () => [{ address: '127.0.0.1', family: 4 }],
});

/** A client with its own walk. Close it. */
export function openClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  return createHttpClient({
    policy: LOOPBACK,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...options,
  });
}

export interface CheckAssetsOptions extends Partial<Omit<AssetCheckerOptions, 'limits'>> {
  readonly limits?: Partial<WalkLimits>;
  /** Of the page. */
  readonly charset?: string;
}

/** What a page at `url` fails with when it has `assets`, whose `href` is relative to it. */
export async function checkAssets(
  url: string,
  assets: readonly Asset[],
  { limits = {}, client = openClient(), charset = 'utf-8', ...options }: CheckAssetsOptions = {},
): Promise<AssetReport> {
  const { signal } = new AbortController();
  const checker = createAssetChecker({ client, limits: readLimits({ limits }), signal, ...options });
  const page = new URL(url);
  try {
    return await checker.check(
      assets.map((asset) => ({ ...asset, href: new URL(asset.href, page).href })),
      { url: page, charset, signal },
    );
  } finally {
    await client.close();
  }
}
