import type { CheckSettings } from '../../contract.ts';
import { DEFAULT_LIMITS, fillLimits, type WalkLimits } from '../walk-limits.ts';

/** The limits of a walk with an app's settings: what nobody chose has its default. */
export function readLimits({ limits = {}, ...settings }: CheckSettings): WalkLimits {
  const defaults = { ...DEFAULT_LIMITS, ...limits };
  return fillLimits({
    ...defaults,
    pages: settings.max_pages ?? defaults.pages,
    depth: settings.max_depth ?? defaults.depth,
    pagesAtOnce: settings.requests_at_once ?? defaults.pagesAtOnce,
    assetsAtOnce: settings.requests_at_once ?? defaults.assetsAtOnce,
    pageMs: toMs(settings.page_timeout_seconds) ?? defaults.pageMs,
    totalMs: toMs(settings.time_limit_seconds) ?? defaults.totalMs,
  });
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
