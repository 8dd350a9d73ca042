import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with the page as it is now: the rule, the element, and what to do about it. */
export async function findViolations(page: Page): Promise<string[]> {
  return run(page, {
    runOnly: { type: 'tag', values: TAGS },
    // Off by default, as WCAG 2.2 is new.
    rules: { 'target-size': { enabled: true } },
  });
}

/** Of those, only what is wrong with the colours: all that can change with the colour scheme. */
export async function findColorViolations(page: Page): Promise<string[]> {
  return run(page, { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } });
}

async function run(page: Page, options: RunOptions): Promise<string[]> {
  // Most of the time that it takes is for reading its source, so that is done once a page.
  if (await page.evaluate('globalThis.axe === undefined')) {
    await page.evaluate(SOURCE);
  }
  const json = JSON.stringify({ ...options, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${json})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => {
      const advice = failureSummary
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
      return `${id} at ${target.join(' ')}: ${advice.join('; ')}`;
    }),
  );
}
