import { randomUUID } from 'node:crypto';
import type { Trigger } from '../../server/features/checks/sql/trigger-checks.ts';

export const METADATA = { branch: 'main', git_commit_id: 'abc123' };

/** A trigger as the server builds it from a request with the app's key. */
export function createTrigger(app: { readonly id: string; readonly key_hash: Buffer }): Trigger {
  return {
    caller: {
      type: 'api_key',
      key: { hash: app.key_hash, start: '', lastFour: '' },
      origin: { ip: null, userAgent: null },
      settle: async () => {},
    },
    app: { id: app.id, alias: null },
    checkId: randomUUID(),
    metadata: METADATA,
    idempotency: undefined,
  };
}
