import pg from 'pg';

const STATES = { unique: '23505', foreign_key: '23503' } as const;

/** Whether a statement failed because of a constraint of this kind. */
export function isViolation(error: unknown, kind: keyof typeof STATES): boolean {
  return error instanceof pg.DatabaseError && error.code === STATES[kind];
}
