import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AssetKind } from '../../../../server/runner/link-walker/parse-page.ts';
import { type RawSite, startHttpSite } from '../../../helpers/network/raw-site.ts';
import { ASSET_CASES, answerCases } from '../../../helpers/runner/asset-cases.ts';
import { checkAssets } from '../../../helpers/runner/walker-parts.ts';

let site: RawSite;

beforeAll(async () => {
  site = await startHttpSite(answerCases());
});

afterAll(() => site.stop());

const WORDS: Partial<Record<AssetKind, string>> = { module: 'script' };

test.each(ASSET_CASES.map((each, index) => ({ ...each, index })))(
  'judges $kind $index ($type, nosniff: $nosniff): $reason',
  async ({ kind, reason, index }) => {
    const { failures } = await checkAssets(site.url, [{ kind, href: `/${index}` }]);
    const name = `${WORDS[kind] ?? kind} /${index}`;
    expect(failures.map(({ text }) => text)).toEqual(reason === undefined ? [] : [`${name} ${reason}`]);
  },
);
