import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { isApiKey } from '../../../server/auth/keys/api-key-form.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';

describe('the format of an API key', () => {
  test('is qsk_, then 36 random base62 characters, then the CRC-32 of both in base62', () => {
    const key = generateApiKey();
    expect(key).toMatch(/^qsk_[0-9A-Za-z]{42}$/);
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const checksum = [...key.slice(-6)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
    expect(checksum).toBe(crc32(key.slice(0, -6)));
  });

  test('does not repeat, and uses its whole alphabet evenly', () => {
    const keys = Array.from({ length: 2_000 }, generateApiKey);
    expect(new Set(keys).size).toBe(keys.length);
    const counts = new Map<string, number>();
    for (const character of keys.map((key) => key.slice(4, -6)).join('')) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // 72,000 draws: 1,161 expected of each character, with a standard deviation of 34. A difference of eight
    // deviations is not chance.
    for (const count of counts.values()) {
      expect(Math.abs(count - 1_161)).toBeLessThan(272);
    }
  });

  test('catches each single mistyped, lost or swapped character', () => {
    const key = generateApiKey();
    for (let place = 0; place < key.length; place += 1) {
      const next = key[place] === 'a' ? 'b' : 'a';
      expect(isApiKey(key.slice(0, place) + next + key.slice(place + 1))).toBe(false);
      expect(isApiKey(key.slice(0, place) + key.slice(place + 1))).toBe(false);
      if (key[place] !== key[place + 1] && place + 1 < key.length) {
        expect(isApiKey(key.slice(0, place) + key[place + 1] + key[place] + key.slice(place + 2))).toBe(
          false,
        );
      }
    }
    expect(isApiKey(key)).toBe(true);
    expect(isApiKey(`${key}\n`)).toBe(false);
  });
});

describe('/api/apps/APP/api-key', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  const NO_KEY = {
    exists: false,
    start: null,
    last_four: null,
    created_at: null,
    created_by: null,
    last_used_at: null,
  };

  async function addApp() {
    const { body } = await asAdmin(server, 'post', '/api/apps').send({
      name: 'Keyed',
      url: 'http://127.0.0.1:9/',
    });
    const send = (method: 'get' | 'post' | 'delete') =>
      asAdmin(server, method, `/api/apps/${body.alias}/api-key`);
    const readAs = (apiKey: string) => withKey(server, { ...body, apiKey }, 'get');
    const readLog = async () => (await asAdmin(server, 'get', `/api/apps/${body.id}/audit-log`)).body.events;
    return { app: body, send, readAs, readLog };
  }

  test('an app starts without a key', async () => {
    const { send } = await addApp();
    expect((await send('get')).body).toEqual(NO_KEY);
    const removal = await send('delete');
    expect([removal.status, removal.body.code]).toEqual([404, 'api_key_not_found']);
  });

  test('shows the key once, and never again', async () => {
    const { send } = await addApp();
    const generated = await send('post');
    expect(generated.status).toBe(201);
    expect(generated.headers['cache-control']).toBe('no-store');
    const { api_key: apiKey, ...rest } = generated.body;
    expect(isApiKey(apiKey)).toBe(true);
    const info = await send('get');
    expect(info.body).toEqual(rest);
    expect(info.body).toEqual({
      exists: true,
      start: apiKey.slice(0, 8),
      last_four: apiKey.slice(-4),
      created_at: expect.any(String),
      created_by: { id: expect.any(String), email: 'admin@localhost' },
      last_used_at: null,
    });
    expect(info.text).not.toContain(apiKey);
  });

  test('stores only the key’s SHA-256', async () => {
    const { app, send } = await addApp();
    const { api_key: apiKey } = (await send('post')).body;
    const { rows } = await server.query('select * from api_keys where app_id = $1', [app.id]);
    expect(rows[0]?.key_hash).toEqual(createHash('sha256').update(apiKey).digest());
    const tables = await server.query(
      `select string_agg(query_to_xml(format('select * from %I', tablename), true, false, '')::text, '') as all
       from pg_tables where schemaname = 'public'`,
    );
    expect(String(tables.rows[0]?.all)).toContain(apiKey.slice(0, 8));
    expect(String(tables.rows[0]?.all)).not.toContain(apiKey.slice(0, 12));
  });

  test('refuses the old key as soon as it is replaced', async () => {
    const { send, readAs } = await addApp();
    const { api_key: old } = (await send('post')).body;
    expect((await readAs(old)).status).toBe(200);
    const { api_key: current } = (await send('post')).body;
    expect([(await readAs(old)).status, (await readAs(current)).status]).toEqual([401, 200]);
  });

  test('refuses the key as soon as it is removed', async () => {
    const { send, readAs } = await addApp();
    const { api_key: apiKey } = (await send('post')).body;
    expect((await send('delete')).status).toBe(204);
    expect((await readAs(apiKey)).status).toBe(401);
    expect((await send('get')).body).toEqual(NO_KEY);
  });

  test('gives an unknown, a replaced and a removed key one and the same answer', async () => {
    const { send, readAs } = await addApp();
    const { api_key: replaced } = (await send('post')).body;
    const { api_key: removed } = (await send('post')).body;
    await send('delete');
    const answers = await Promise.all([generateApiKey(), replaced, removed].map((apiKey) => readAs(apiKey)));
    for (const { status, headers, body } of answers) {
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe(answers[0]?.headers['www-authenticate']);
      expect({ ...body, request_id: '' }).toEqual({ ...answers[0]?.body, request_id: '' });
    }
  });

  test('tells when the key was last used, at most a minute late', async () => {
    const { app, send } = await addApp();
    const { api_key: apiKey } = (await send('post')).body;
    const use = () => withKey(server, { ...app, apiKey }, 'post', '/trigger').send({});
    await use();
    const first = (await send('get')).body.last_used_at;
    expect(Date.parse(first)).toBeGreaterThan(Date.now() - 60_000);
    await server.query(`update api_keys set last_used_at = now() - interval '1 minute' where app_id = $1`, [
      app.id,
    ]);
    await use();
    expect(Date.parse((await send('get')).body.last_used_at)).toBeGreaterThanOrEqual(Date.parse(first));
  });

  test('counts reading as a use of the key', async () => {
    const { send, readAs } = await addApp();
    await readAs((await send('post')).body.api_key);
    expect((await send('get')).body.last_used_at).not.toBeNull();
  });

  test('logs at most 20 refused keys a minute, so that unknown keys do not bury the log', async () => {
    const { send, readAs, readLog } = await addApp();
    await send('post');
    for (let count = 0; count < 30; count += 1) {
      await readAs(generateApiKey());
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { length } = (await readLog()).filter(
      ({ action }: { action: string }) => action === 'api_key.refused',
    );
    // The log is written after the answers, so two requests at once may both count as the twentieth. A page
    // has 20 events.
    expect(length).toBeGreaterThanOrEqual(19);
    const { rows } = await server.query(
      `select count(*)::int as count from audit_events where action = 'api_key.refused'`,
    );
    expect(Number(rows[0]?.count)).toBeLessThan(30);
  });

  test('logs who generated, replaced and removed the key, when and from where', async () => {
    const { send, readLog } = await addApp();
    await send('post');
    await send('post').set('User-Agent', 'browser/1');
    await send('delete');
    const [removed, replaced, generated, ...rest] = await readLog();
    expect(rest).toEqual([]);
    expect([generated.action, replaced.action, removed.action]).toEqual([
      'api_key.generated',
      'api_key.replaced',
      'api_key.removed',
    ]);
    expect(replaced).toMatchObject({
      actor: { type: 'user', id: expect.any(String), email: 'admin@localhost' },
      ip: '127.0.0.1',
      user_agent: 'browser/1',
      created_at: expect.any(String),
    });
  });

  test('logs which key was refused, once a minute for the same key', async () => {
    const { app, send, readAs, readLog } = await addApp();
    const stranger = await server.createApp();
    const { api_key: old } = (await send('post')).body;
    await send('delete');
    for (const apiKey of [old, old, stranger.apiKey]) {
      await readAs(apiKey);
      // The log is written after the answer.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await withKey(server, { ...app, apiKey }, 'post', '/trigger').send({});
    }
    const refused = (await readLog()).filter(
      ({ action }: { action: string }) => action === 'api_key.refused',
    );
    expect(refused.map(({ actor }: { actor: object }) => actor)).toEqual([
      { type: 'api_key', start: stranger.apiKey.slice(0, 8) },
      { type: 'api_key', start: old.slice(0, 8) },
    ]);
  });

  test('pages the log, newest first', async () => {
    const { app, send } = await addApp();
    for (let count = 0; count < 5; count += 1) {
      await send('post');
    }
    const read = async (query: string) =>
      (await asAdmin(server, 'get', `/api/apps/${app.id}/audit-log${query}`)).body;
    const first = await read('?limit=3');
    expect(first.events).toHaveLength(3);
    const second = await read(`?limit=3&cursor=${first.next_cursor}`);
    expect(second.events).toHaveLength(2);
    expect(second.next_cursor).toBeNull();
    const ids = [...first.events, ...second.events].map(({ id }: { id: string }) => Number(id));
    expect(ids).toEqual([...ids].sort((one, other) => other - one));
    for (const query of ['?limit=0', '?limit=101', '?limit=x', '?cursor=x']) {
      expect((await asAdmin(server, 'get', `/api/apps/${app.id}/audit-log${query}`)).status).toBe(400);
    }
  });
});
