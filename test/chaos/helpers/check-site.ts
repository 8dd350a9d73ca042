import { type Site, startSite } from '../../helpers/network/site.ts';
import type { ExpectedResult } from './check-trail.ts';

/** The result of every check of `startCheckSite`'s site, however often it was restarted. */
export const EXPECTED_RESULT: ExpectedResult = { conclusion: 'failure', total: 3, failed: 1 };

/** Three pages, one of them broken, each slow enough that kills hit running checks. */
export function startCheckSite(): Promise<Site> {
  return startSite({
    '/': { body: '<a href="/pricing">Pricing</a><a href="/broken">Broken</a>', delayMs: 40 },
    '/pricing': { body: 'fine', delayMs: 60 },
    '/broken': { status: 500, body: 'broken', delayMs: 60 },
  });
}
