/**
 * The only place that says which keys are in force. Every statement that lets a key in, or notes its use, takes
 * these fragments; they refer to `api_keys` by the alias `key`. Statements that manage a key look it up by its app
 * instead, and secret scanning looks up every stored key.
 */

/** The condition that `key` has the hash `keyHash`, an SQL expression, and is in force. */
export function matchKeyInForce(keyHash: string): string {
  return `key.key_hash = ${keyHash}`;
}

/** The parts of an update of `api_keys`, as SQL. */
export interface KeyUse {
  readonly keyHash: string;
  readonly from: string;
  /** The condition that the key opened the app. */
  readonly where: string;
}

/** The statement that notes the use of keys, every 30 seconds at most: a write for each use costs a third of the rate. */
export function noteKeyUse({ keyHash, from, where }: KeyUse): string {
  return `
        update api_keys as key
        set last_used_at = now()
        from ${from}
        where ${where}
          and ${matchKeyInForce(keyHash)}
          and (key.last_used_at is null or key.last_used_at < now() - interval '30 seconds')`;
}
