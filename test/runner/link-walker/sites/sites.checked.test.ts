import { afterEach, expect, test } from '@jest/globals';
import { type Site, startSite } from '../../../helpers/network/site.ts';
import { walkWholeSite } from '../../../helpers/network/walk-site.ts';
import { SITES } from './sites.ts';

let site: Site;
afterEach(() => site.stop());

test.each(Object.entries(SITES))('judges %s', async (_name, kind) => {
  const {
    pages,
    start = '/',
    settings = {},
    broken = {},
    count,
    warnings = [],
    incomplete: reason = null,
  } = kind;
  site = await startSite(pages);
  const { flows, ...told } = await walkWholeSite(site.url + start, settings);

  const found = flows.flatMap(({ name, status, error }) =>
    status === 'passed' ? [] : [[name.replace('GET ', ''), `${status}: ${error}`]],
  );
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(
      Object.entries(broken).map(([path, error]) => [
        path,
        expect.stringMatching(startsWith(`failed: ${error}`)),
      ]),
    ),
  );
  expect(flows).toHaveLength(count);
  expect(told.warnings).toEqual(warnings.map((text) => expect.stringMatching(startsWith(text))));
  expect(told.incomplete?.reason ?? null).toBe(reason);
});

const startsWith = (text: string) => new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`);
