import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The violations that axe finds on the current page: the rule, the element, and what to do about it. */
export async function findViolations(page: Page): Promise<string[]> {
  return run(page, {
    runOnly: { type: 'tag', values: TAGS },
    // Off by default, as WCAG 2.2 is new.
    rules: { 'target-size': { enabled: true } },
  });
}

/** The violations of colours only: all that can change with the colour scheme. */
export async function findColorViolations(page: Page): Promise<string[]> {
  return run(page, { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } });
}

/** What changes with the width of the screen: what is too small to press, or begins to scroll. */
export async function findLayoutViolations(page: Page): Promise<string[]> {
  return run(page, { runOnly: { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] } });
}

async function run(page: Page, options: RunOptions): Promise<string[]> {
  // Reading the source takes most of the time, so it is done once a page.
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
