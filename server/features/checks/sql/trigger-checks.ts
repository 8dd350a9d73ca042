import type { Caller } from '../../../auth/caller.ts';
import type { Queryable } from '../../../db/pool.ts';
import type { AccessRow } from '../../apps/access-row.ts';
import type { AppReference } from '../../apps/app-reference.ts';
import type { ChosenSettings } from '../../check-settings/schema.ts';
import type { CheckStatus, Metadata } from '../schema.ts';
import type { Idempotency } from '../trigger/trigger-input.ts';
import {
  CLAIM_IDEMPOTENCY_KEYS,
  FIND_ACCESS,
  INSERT_CHECKS,
  lockApps,
  NOTE_KEY_USES,
  READ_TRIGGERS,
  SELECT_ALLOWED,
  SELECT_ANSWERS,
  SELECT_PERMITTED,
  TAKE_ALLOWANCE,
} from './trigger-steps.ts';

export interface Trigger {
  readonly caller: Caller;
  readonly app: AppReference;
  /** The new check's id, unless an earlier trigger with the same idempotency key made a check. */
  readonly checkId: string;
  readonly metadata: Metadata;
  readonly idempotency: Idempotency | undefined;
  /** The settings that the check tries instead of the app's. */
  readonly settings?: ChosenSettings;
}

export interface TriggerRow extends AccessRow {
  readonly alias: string;
  readonly name: string;
  readonly target_url: string | null;
  readonly check_id: string;
  readonly status: CheckStatus;
  /** Whether the idempotency key was used with another body before. */
  readonly is_reused: boolean;
  /** Whether another transaction has locked the app, so that nothing was done for this trigger. */
  readonly is_locked: boolean;
  /** Set if the app has reached its limit: the seconds until the next trigger is allowed. */
  readonly retry_after_seconds: number | null;
  /** Whether a new check was stored. */
  readonly is_stored: boolean;
}

export interface TriggerChecksOptions {
  /**
   * What to do if another transaction has locked the app, to remove it or to change its alias: `wait` for it, or
   * `skip` the app's triggers, which then return with `is_locked`.
   */
  readonly locked: 'wait' | 'skip';
  /** Triggers an hour for each app; all of them may come at once. `undefined`: no limit. */
  readonly hourlyLimit: number | undefined;
}

const STATEMENTS = {
  wait: { name: 'trigger-checks-wait', text: createText('wait') },
  skip: { name: 'trigger-checks-skip', text: createText('skip') },
};

/** The steps of a trigger. */
function createText(locked: TriggerChecksOptions['locked']): string {
  return `
    with asked as (${READ_TRIGGERS}),
    access as (${FIND_ACCESS}),
    allowed as (${SELECT_ALLOWED}),
    locked as (${lockApps(locked)}),
    counted as (${TAKE_ALLOWANCE}),
    permitted as (${SELECT_PERMITTED}),
    claimed as (${CLAIM_IDEMPOTENCY_KEYS}),
    inserted as (${INSERT_CHECKS}),
    used as (${NOTE_KEY_USES})
    ${SELECT_ANSWERS}`;
}

/**
 * Stores triggers: all of them in one round trip and one commit, and each judged on its own. When it returns, the
 * checks are durable. Returns one row for each trigger, in their order. A trigger whose caller may not trigger the app
 * writes nothing; `enforceAccess` then says what was wrong.
 *
 * No two of `triggers` may have the same idempotency key: one statement cannot upsert a row twice. A trigger with the
 * same key in another statement makes this one wait. Its check is not in this statement's snapshot: it was scheduled a
 * moment ago.
 */
export async function triggerChecks(
  db: Queryable,
  triggers: readonly Trigger[],
  { locked, hourlyLimit }: TriggerChecksOptions,
): Promise<TriggerRow[]> {
  return db.query<TriggerRow>({
    ...STATEMENTS[locked],
    values: [...toColumns(triggers), hourlyLimit ?? null],
  });
}

/** `$1` to `$11` of the statement. `bench/triggers/pgbench.ts` knows the place of the check's id. */
function toColumns(triggers: readonly Trigger[]): unknown[][] {
  return [
    triggers.map(({ app }) => app.id),
    triggers.map(({ app }) => app.alias),
    triggers.map(({ caller }) => (caller.type === 'api_key' ? caller.key.hash : null)),
    triggers.map(({ caller }) => (caller.type === 'session' ? caller.user.id : null)),
    triggers.map(({ checkId }) => checkId),
    triggers.map(({ metadata }) => metadata.app_url ?? null),
    triggers.map(({ metadata }) => JSON.stringify(metadata)),
    triggers.map(({ idempotency }) => idempotency?.key ?? null),
    triggers.map(({ idempotency }) => idempotency?.bodyHash ?? null),
    triggers.map(({ caller }) => caller.type),
    triggers.map(({ settings }) => (settings === undefined ? null : JSON.stringify(settings))),
  ];
}
