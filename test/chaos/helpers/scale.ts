/** Whether the run has the numbers of `npm run chaos`, or the smaller ones of `npm test`. */
export const isFull = process.env.CHAOS === 'full';

/** Processes start slowly on a busy machine. */
export const HOOK_TIMEOUT_MS = 120_000;

/** Settings of the servers: the load is on one app, so its triggers are counted as usual and never limited. */
export const LOAD_SETTINGS = { TRIGGER_LIMIT_PER_APP: '100000000' };

export function pick<Value>(numbers: { readonly full: Value; readonly short: Value }): Value {
  return isFull ? numbers.full : numbers.short;
}

/** Printed with the figures. `CHAOS_SEED` repeats the choices of a run, though not the machine's timing. */
export const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000);

export interface Random {
  /** A whole number from 0 to `limit`, without `limit` itself. */
  below(limit: number): number;
  choose<Choice>(choices: readonly [Choice, ...Choice[]]): Choice;
}

/** Mulberry32: small, and the same on every machine for the same seed. */
export function createRandom(): Random {
  let state = seed;
  function below(limit: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
  return { below, choose: (choices) => choices[below(choices.length)] ?? choices[0] };
}
