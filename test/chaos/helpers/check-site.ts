import { type Site, startSite } from '../../helpers/network/site.ts';
import type { ExpectedResult } from './check-trail.ts';

/** What a check of `startCheckSite`'s site must come to, however often it was started anew. */
export const EXPECTED_RESULT: ExpectedResult = { conclusion: 'failure', total: 3, failed: 1 };

/** Three pages, one of them broken, each slow enough that kills meet checks that run. */
export function startCheckSite(): Promise<Site> {
  return startSite({
    '/': { body: '<a href="/pricing">Pricing</a><a href="/broken">Broken</a>', delayMs: 40 },
    '/pricing': { body: 'fine', delayMs: 60 },
    '/broken': { status: 500, body: 'broken', delayMs: 60 },
  });
}
