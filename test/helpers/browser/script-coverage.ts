import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

/** The folder for what was reached; `npm run coverage:dashboard` sets it (`dashboard-coverage.ts`). */
const FOLDER = process.env.DASHBOARD_COVERAGE;

type CoveredScripts = Awaited<ReturnType<Page['coverage']['stopJSCoverage']>>;

/** Which characters of the dashboard's scripts ran, over all pages of a test file. */
export interface ScriptCoverage {
  watch(context: BrowserContext): void;
  /** Starts on a page, which must not have loaded anything yet. */
  start(page: Page): Promise<void>;
  /** Collects what ran on the pages of the context. Call it before the context is closed. */
  collect(context: BrowserContext): Promise<void>;
  save(): void;
}

/** `undefined` in an ordinary run, which measures nothing. */
export function createScriptCoverage(): ScriptCoverage | undefined {
  if (FOLDER === undefined) {
    return undefined;
  }
  const reached = new Map<string, Uint8Array>();
  const started = new Map<Page, Promise<void>>();
  const start = (page: Page): Promise<void> => {
    const starting = started.get(page) ?? page.coverage.startJSCoverage({ resetOnNavigation: false });
    started.set(page, starting);
    return starting;
  };
  return {
    watch: (context) => void context.on('page', (page) => void start(page)),
    start,
    async collect(context) {
      for (const page of context.pages()) {
        await started.get(page);
        addScripts(reached, await page.coverage.stopJSCoverage());
      }
    },
    save() {
      mkdirSync(FOLDER, { recursive: true });
      for (const [name, characters] of reached) {
        writeFileSync(join(FOLDER, `${name}.${process.pid}.${Date.now()}`), characters);
      }
    },
  };
}

function addScripts(reached: Map<string, Uint8Array>, scripts: CoveredScripts): void {
  for (const { url, source = '', functions } of scripts) {
    const name = /\/assets\/([^/]+\.js)$/.exec(url)?.[1];
    if (name === undefined) {
      continue;
    }
    const ran = new Uint8Array(source.length);
    // V8 lists an outer range before those inside it.
    for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
      ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    }
    const all = reached.get(name);
    reached.set(name, all ? all.map((one, at) => one | (ran[at] ?? 0)) : ran);
  }
}
