import type { CheckSettings, Incomplete, RunnerResult } from '../../contract.ts';
import type { WalkLimits } from '../walk-limits.ts';
import { MOST_LEFT_OUT, type PageClaims } from './page-claims.ts';

export interface WalkEnd {
  readonly claims: Pick<PageClaims, 'pages' | 'countLeftOut'>;
  /** How many of the claimed pages were looked at to their end. */
  readonly seen: number;
  /** How many of these could not be looked at, because the app answered `429`. */
  readonly rateLimited: number;
  readonly limits: WalkLimits;
  /** A limit that is set here is a choice; reaching a default is not. */
  readonly settings: CheckSettings;
}

interface Limit {
  readonly setting: keyof CheckSettings;
  readonly reason: Incomplete['reason'];
  /** `5,000 pages`; `null` for a limit that is not ours. */
  readonly size: string | null;
  /** How many pages that the walk knows of it kept out. */
  readonly left: number;
}

/**
 * Says which limits the walk reached: a warning for each that was chosen, `incomplete` once for those that were not.
 */
export function* describeLimits(end: WalkEnd): Generator<RunnerResult> {
  const reached = listLimits(end).filter(({ left }) => left > 0);
  const isChosen = ({ setting, size }: Limit) => size !== null && end.settings[setting] !== undefined;
  for (const { size, left } of reached.filter(isChosen)) {
    yield { warning: `The check was limited to ${size} by the app's settings: ${notLookedAt(left)}.` };
  }
  const byDefault = reached.filter((limit) => !isChosen(limit));
  const [first] = byDefault;
  if (first !== undefined) {
    const left = byDefault.reduce((sum, limit) => sum + limit.left, 0);
    yield { incomplete: { reason: first.reason, left, message: explain(first, left) } };
  }
}

function explain({ size, setting }: Limit, left: number): string {
  return size === null
    ? `The app answered 429 Too Many Requests until the time of the pages was over: ${notLookedAt(left)}. Set ${setting} in the app's check settings to a smaller number, or let the app accept more requests from the check.`
    : `The check stopped at ${size}, the default limit: ${notLookedAt(left)}. Exclude pages that need no check, or set your own limit (${setting}) in the app's check settings. A check that reaches your own limit is complete.`;
}

function listLimits({ claims, seen, rateLimited, limits }: WalkEnd): Limit[] {
  return [
    {
      setting: 'time_limit_seconds',
      reason: 'time_limit',
      size: showTime(limits.totalMs),
      left: claims.pages.length - seen,
    },
    {
      setting: 'max_pages',
      reason: 'page_limit',
      size: countPages(limits.pages),
      left: claims.countLeftOut('too many pages'),
    },
    {
      setting: 'max_depth',
      reason: 'page_limit',
      size: `${limits.depth} ${limits.depth === 1 ? 'link' : 'links'} from the app's URL`,
      left: claims.countLeftOut('too deep'),
    },
    { setting: 'requests_at_once', reason: 'rate_limit', size: null, left: rateLimited },
  ];
}

function notLookedAt(pages: number): string {
  const most = pages >= MOST_LEFT_OUT ? 'more than ' : '';
  return `${most}${countPages(pages)} that it knows of ${pages === 1 ? 'was' : 'were'} not checked`;
}

/** `1 page`, `5,000 pages`. */
function countPages(pages: number): string {
  return `${pages.toLocaleString('en')} ${pages === 1 ? 'page' : 'pages'}`;
}

/** `10 minutes`, `90 s`. */
function showTime(ms: number): string {
  const seconds = ms / 1_000;
  const isMinutes = seconds >= 120 && seconds % 60 === 0;
  return isMinutes ? `${seconds / 60} minutes` : `${seconds.toLocaleString('en')} s`;
}
