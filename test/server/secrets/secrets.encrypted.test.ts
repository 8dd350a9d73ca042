import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import { renewEncryption, warnOfUnreadableSecrets } from '../../../server/features/secrets/check-secrets.ts';
import { createSecretBox } from '../../../server/features/secrets/secret-box.ts';
import { createAppAdmin } from '../../helpers/network/app-admin.ts';
import { trigger, withKey } from '../../helpers/network/requests.ts';
import { type Site, startSite } from '../../helpers/network/site.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const idOf = (key: string) => createSecretBox([Buffer.from(key, 'base64')]).keyIds[0];

/** Servers that follow one another on one database, with other settings each. */
describe('encryption keys', () => {
  let database: TestDatabase;
  let db: Database;
  let site: Site;
  let app: TestApp;
  beforeEach(async () => {
    [database, site] = await Promise.all([createTestDatabase(), startSite({ '/': 'here' })]);
    db = createDatabase({ connectionString: database.connectionString, onIdleError: () => {} });
    await withServer(older, async (server) => {
      app = await server.createApp({ url: site.url });
      const admin = createAppAdmin(server, app);
      await admin.setSecrets({ TOKEN: 'open sesame', UNUSED: 'never read' });
      await admin.setSettings({ headers: { 'X-Token': '{{TOKEN}}' } });
    });
  });
  afterEach(async () => {
    await db.close();
    await Promise.all([database.drop(), site.stop()]);
  });

  async function withServer<Value>(key: string, use: (server: TestServer) => Promise<Value>): Promise<Value> {
    const server = await startTestServer({ database, env: { RUNNERS: '1', ENCRYPTION_KEY: key } });
    try {
      return await use(server);
    } finally {
      await server.stop();
    }
  }

  const runCheck = (key: string) =>
    withServer(key, async (server) => {
      const id = await trigger(server, app);
      return (await withKey(server, app, 'get', `/checks/${id}?wait=30`)).body;
    });

  const readKeyIds = async () =>
    (await database.query('select distinct key_id from secrets')).rows.map(({ key_id }) => key_id);

  test('can be replaced without losing a secret', async () => {
    expect(await readKeyIds()).toEqual([idOf(older)]);
    expect(await runCheck(`${newer},${older}`)).toMatchObject({ conclusion: 'success', error: null });
    expect(await readKeyIds()).toEqual([idOf(newer)]);
    expect(await runCheck(newer)).toMatchObject({ conclusion: 'success', error: null });
    expect(await runCheck(older)).toMatchObject({ conclusion: 'error' });
  }, 120_000);

  test('read what another server encrypted with a newer key that they include', async () => {
    await withServer(`${newer},${older}`, async () => {});
    expect(await runCheck(`${older},${newer}`)).toMatchObject({ conclusion: 'success' });
    expect(await readKeyIds()).toEqual([idOf(older)]);
  }, 120_000);

  test('leave a secret that was set again meanwhile, or that they cannot open', async () => {
    await database.query(`update secrets set ciphertext = '\\x00' where name = 'UNUSED'`);
    const secretBox = createSecretBox([newer, older].map((key) => Buffer.from(key, 'base64')));
    const sealed = secretBox.seal({ appId: app.id, name: 'TOKEN' }, 'set again');
    let isSetAgain = false;
    await renewEncryption({
      secretBox,
      logger: pino({ level: 'silent' }),
      db: {
        async query(statement) {
          if (statement.name === 'replace-ciphertexts' && !isSetAgain) {
            isSetAgain = true;
            await database.query(
              `update secrets set (key_id, nonce, ciphertext) = row ($1::text, $2::bytea, $3::bytea) where name = 'TOKEN'`,
              [sealed?.key_id, sealed?.nonce, sealed?.ciphertext],
            );
          }
          return db.query(statement);
        },
      },
    });
    const { rows } = await database.query('select name, nonce, key_id from secrets order by name');
    expect(rows).toEqual([
      { name: 'TOKEN', nonce: sealed?.nonce, key_id: idOf(newer) },
      { name: 'UNUSED', nonce: expect.any(Buffer), key_id: idOf(older) },
    ]);
  });

  test.each([
    ['another key', [Buffer.from(newer, 'base64')], 1],
    ['no key', [], 1],
    ['the key', [Buffer.from(older, 'base64')], 0],
  ])('are named at the start if secrets need other keys: with %s', async (_case, keys, lines) => {
    const logged: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line) => logged.push(line) });
    await warnOfUnreadableSecrets({ db, secretBox: createSecretBox(keys), logger });
    expect(logged).toHaveLength(lines);
    expect(logged.filter((line) => line.includes('The secrets of 1 app cannot be read'))).toHaveLength(lines);
  });
});
