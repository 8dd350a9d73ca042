import { CheckError, type Runner } from '../contract.ts';
import { DeadlineError } from '../deadline.ts';
import type { NetworkPolicy } from '../network/network-policy.ts';
import { createAssetChecker } from './asset-checker.ts';
import { createHttpClient } from './http/http-client.ts';
import { KnownUrls } from './known-urls.ts';
import { parseHttpUrl } from './page-url.ts';
import { readLimits } from './walk/read-limits.ts';
import { walkApp } from './walk/walk-app.ts';

export interface LinkWalkerOptions {
  readonly policy: NetworkPolicy;
}

/** A runner without a browser: it walks the app's own links and yields a result for each page. */
export function createLinkWalker({ policy }: LinkWalkerOptions): Runner {
  return {
    async *run({ app, settings }, { signal, onReading }) {
      signal.throwIfAborted();
      const url = parseHttpUrl(app.url);
      if (url === null) {
        throw new CheckError('The URL of the app is not an http or https URL.');
      }
      const limits = readLimits(settings);
      const end = new AbortController();
      const timer = setTimeout(() => end.abort(new DeadlineError()), limits.totalMs);
      const walkSignal = AbortSignal.any([signal, end.signal]);
      const client = createHttpClient({
        policy,
        timeoutMs: limits.pageMs,
        signal: walkSignal,
        appUrl: url,
        access: settings,
        ...(settings.requests_at_once === undefined ? {} : { requestsAtOnce: settings.requests_at_once }),
      });
      const assetChecker = createAssetChecker({
        client,
        limits,
        isExternal: settings.external_links === true,
        signal: walkSignal,
      });
      try {
        const known = new KnownUrls();
        const options = { client, assetChecker, limits, settings, known, signal: walkSignal, onReading };
        for await (const result of walkApp(url, options)) {
          signal.throwIfAborted();
          yield result;
        }
      } finally {
        clearTimeout(timer);
        end.abort();
        await client.close();
      }
    },
  };
}
