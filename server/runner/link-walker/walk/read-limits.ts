import { type CheckSettings, DEFAULT_SETTING_LIMITS } from '../../contract.ts';
import type { WalkLimits } from '../walk-limits.ts';

const PAGE_BYTES = 2 * 1024 * 1024;
const ASSET_BYTES = 10 * 1024 * 1024;
const REDIRECTS = 10;

/**
 * The limits of a walk with an app's settings: what nobody chose has its default. A page never has more time than the
 * whole walk.
 */
export function readLimits({ limits = {}, ...settings }: CheckSettings): WalkLimits {
  const { max_pages, requests_at_once, page_timeout_seconds, time_limit_seconds } = DEFAULT_SETTING_LIMITS;
  const totalMs = toMs(settings.time_limit_seconds) ?? limits.totalMs ?? time_limit_seconds * 1_000;
  const pageMs = toMs(settings.page_timeout_seconds) ?? limits.pageMs ?? page_timeout_seconds * 1_000;
  return {
    pages: settings.max_pages ?? limits.pages ?? max_pages,
    depth: settings.max_depth ?? limits.depth ?? Number.POSITIVE_INFINITY,
    pagesAtOnce: settings.requests_at_once ?? limits.pagesAtOnce ?? requests_at_once,
    assetsAtOnce: settings.requests_at_once ?? limits.assetsAtOnce ?? requests_at_once,
    pageMs: Math.min(pageMs, totalMs),
    totalMs,
    pageBytes: limits.pageBytes ?? PAGE_BYTES,
    assetBytes: limits.assetBytes ?? ASSET_BYTES,
    redirects: limits.redirects ?? REDIRECTS,
  };
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
