import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import { createCountedApp } from '../../helpers/server/counted-app.ts';
import { generateKeyWith } from '../../helpers/server/limited-instance.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

/**
 * The time of a refusal cannot depend on how much of a key is right, because no code compares keys: this test
 * holds the server to that. `bench/refusal-timing.ts` measures the times themselves, which would prove
 * nothing on a shared machine.
 */
describe('a key that is partly right', () => {
  let server: TestServer;
  let app: TestApp;
  let db: Database;

  beforeAll(async () => {
    server = await startTestServer();
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    db = createDatabase({ connectionString: server.connectionString, onIdleError: () => {} });
  });
  afterAll(async () => {
    await db.close();
    await server.stop();
  });

  const createRequests = (instance: ReturnType<typeof createCountedApp>) => [
    request(instance.app).post(`/api/apps/${app.alias}/trigger`),
    request(instance.app).get(`/api/apps/${app.alias}/checks`),
    request(instance.app).get('/api/me'),
  ];

  /**
   * Returns another key than the app's with the same first `right` characters. With 39 of them the rest may
   * be drawn equal by chance, so it draws again.
   */
  function generateOtherKey(right: number): string {
    const apiKey = right === 0 ? generateApiKey() : generateKeyWith(app.apiKey.slice(0, right));
    return apiKey === app.apiKey ? generateOtherKey(right) : apiKey;
  }

  test.each([0, 4, 8, 24, 39])(
    'is looked up by its SHA-256 with %i right characters, like any other key',
    async (right) => {
      const apiKey = generateOtherKey(right);
      const hash = createHash('sha256').update(apiKey).digest();
      const instance = createCountedApp(db);
      for (const sent of createRequests(instance)) {
        expect((await sent.set('Authorization', `Bearer ${apiKey}`)).status).toBe(401);
      }
      const asked = instance.statements;
      const count = 'failed_authentications:rlflx-upsert';
      expect(asked.map(({ name }) => name)).toEqual([
        ...[expect.stringMatching(/^trigger-checks/), count, count, 'record-refused-key'],
        ...['find-app-access', count, count, 'record-refused-key'],
        ...['key-exists', count, count],
      ]);
      for (const { text, values = [] } of asked) {
        // Statements compare a stored key by its hash only.
        expect(text).not.toMatch(/\bkey\.(?!app_id\b|key_hash\b|last_used_at\b)\w+/);
        const binary = values.flat().filter((value) => Buffer.isBuffer(value) && value.equals(hash));
        expect(binary).toHaveLength(text.includes('key_hash') ? 1 : 0);
        expect(JSON.stringify(values)).not.toContain(apiKey.slice(0, 9));
      }
    },
  );
});
