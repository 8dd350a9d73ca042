import { afterEach } from '@jest/globals';
import { type Site, type SitePage, startSite } from './site.ts';

/** Starts the sites of a file's tests, and stops them after each test. */
export function startSites(): (pages: Record<string, SitePage>) => Promise<Site> {
  const sites: Site[] = [];
  afterEach(async () => {
    await Promise.all(sites.splice(0).map((site) => site.stop()));
  });
  return async (pages) => {
    const site = await startSite(pages);
    sites.push(site);
    return site;
  };
}
