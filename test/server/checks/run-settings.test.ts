import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type Listener, startListener } from '../../../server/db/listener.ts';
import { createDatabase, type Database } from '../../../server/db/pool.ts';
import { startQueue } from '../../../server/features/checks/queue/queue.ts';
import { createSecretBox } from '../../../server/features/secrets/secret-box.ts';
import {
  CheckError,
  type CheckSettings,
  type Runner,
  type RunnerResult,
} from '../../../server/runner/contract.ts';
import { type AppAdmin, createAppAdmin } from '../../helpers/network/app-admin.ts';
import { passed } from '../../helpers/server/checks.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const KEY = randomBytes(32);
const PASSWORD = 'correct horse/battery+staple';

/** A server without a runner, and a queue in this process whose runner says what it is given. */
describe('a check with settings', () => {
  let server: TestServer;
  let db: Database;
  let listener: Listener;
  let app: TestApp;
  let admin: AppAdmin;
  let given: CheckSettings[];
  let statements: string[];
  let log: string;
  /** What the runner yields and throws. */
  let script: { yields: readonly RunnerResult[]; throws?: Error };
  let stop: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    server = await startTestServer({ env: { RUNNERS: '0', ENCRYPTION_KEY: KEY.toString('base64') } });
    const { connectionString } = server;
    db = createDatabase({ connectionString, onIdleError: () => {} });
    listener = startListener(connectionString, pino({ level: 'silent' }));
  });
  afterAll(async () => {
    await listener.stop();
    await db.close();
    await server.stop();
  });
  beforeEach(async () => {
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    admin = createAppAdmin(server, app);
    given = [];
    statements = [];
    log = '';
    script = { yields: [{ flow: passed('GET /') }] };
  });
  afterEach(async () => {
    await stop?.();
    stop = undefined;
  });

  const runner: Runner = {
    async *run({ settings }) {
      given.push(settings);
      yield* script.yields;
      if (script.throws) {
        throw script.throws;
      }
    },
  };

  /** Runs the check to its end and returns it. */
  async function run({ keys = [KEY], start = ['/trigger', {}] }: RunOptions = {}) {
    const triggered = await admin.send('post', ...start);
    const queue = startQueue({
      db: {
        query: (statement) => {
          statements.push(statement.name);
          return db.query(statement);
        },
      },
      listener,
      runner,
      secretBox: createSecretBox(keys),
      checksAtOnce: 1,
      logger: pino({ level: 'trace' }, { write: (line) => (log += line) }),
      observers: [],
    });
    stop = () => queue.stop();
    const { body } = await admin.send('get', `/checks/${triggered.body.check_id}?wait=30`);
    return body;
  }

  interface RunOptions {
    readonly keys?: readonly Uint8Array[];
    readonly start?: readonly [path: string, body: object];
  }

  test('gives the runner the differences from the defaults', async () => {
    await admin.setSettings({ max_pages: 5, fragments: true, requests_at_once: 8 });
    expect(await run()).toMatchObject({ conclusion: 'success' });
    expect(given).toEqual([{ max_pages: 5, fragments: true }]);
  });

  test('needs no query if the app has no settings', async () => {
    await run();
    expect(given).toEqual([{}]);
    expect(statements.filter((name) => name.includes('settings'))).toEqual([]);
  });

  test('gives the runner the tried settings instead of the app’s', async () => {
    await admin.setSettings({ max_pages: 5 });
    await run({ start: ['/check-settings/try', { max_depth: 2 }] });
    expect(given).toEqual([{ max_depth: 2 }]);
  });

  test('gives the runner the values of its own secrets only, by app and name', async () => {
    const other = createAppAdmin(server, await server.createApp());
    await other.setSecrets({ PASSWORD: 'of another app' });
    await admin.setSecrets({ PASSWORD, PASS: 'a part of the name', USER: 'ada', UNUSED: 'never read' });
    await admin.setSettings({
      headers: { 'X-Token': 'Token {{PASSWORD}}!', 'X-Team': 'blue' },
      basic_auth: { username: '{{ USER }}', password: '{{PASSWORD}}' },
      user_agent_suffix: 'preview/{{PASS}}',
    });
    await run();
    expect(given).toEqual([
      {
        headers: { 'X-Token': `Token ${PASSWORD}!`, 'X-Team': 'blue' },
        basic_auth: { username: 'ada', password: PASSWORD },
        user_agent_suffix: 'preview/a part of the name',
      },
    ]);
  });

  test('shows no secret in its flows, warnings, limits and errors', async () => {
    await admin.setSecrets({ PASSWORD, USER: 'ada@example.com' });
    await admin.setSettings({ basic_auth: { username: '{{USER}}', password: '{{PASSWORD}}' } });
    const basic = Buffer.from(`ada@example.com:${PASSWORD}`).toString('base64');
    const path = encodeURIComponent(PASSWORD);
    script = {
      yields: [
        {
          flow: {
            ...passed(`GET /${path}`),
            status: 'failed',
            error: `sent Basic ${basic}`,
            cause: PASSWORD,
          },
        },
        { warning: `The page /${path} was cut.` },
        { incomplete: { reason: 'page_limit', left: 3, message: `Stopped at ${PASSWORD}.` } },
      ],
      throws: new CheckError(`http://x/?p=${path} is unreachable.`),
    };
    expect(await run()).toMatchObject({
      conclusion: 'error',
      error: 'http://x/?p=*** is unreachable.',
      flows: [{ name: 'GET /***', error: 'sent Basic ***', cause: '***' }],
      warnings: ['The page /*** was cut.'],
      incomplete: { reason: 'page_limit', left: 3, message: 'Stopped at ***.' },
    });
  });

  test('shows no secret in the log when the runner fails', async () => {
    await admin.setSecrets({ PASSWORD });
    await admin.setSettings({ headers: { 'X-Token': '{{PASSWORD}}' } });
    script = { yields: [], throws: new Error(`Invalid header: ${PASSWORD}`, { cause: PASSWORD }) };
    const { error } = await run();
    expect(error).toContain('a fault of the server');
    expect(log).toContain('Invalid header: ***');
    expect(log).not.toContain(PASSWORD);
  });

  describe('a check of a URL from the trigger', () => {
    const SETTINGS = {
      max_pages: 5,
      headers: { 'X-Token': '{{PASSWORD}}' },
      basic_auth: { username: 'ada', password: '{{PASSWORD}}' },
      user_agent_suffix: 'preview',
    };
    const SENT = {
      ...SETTINGS,
      headers: { 'X-Token': PASSWORD },
      basic_auth: { username: 'ada', password: PASSWORD },
    };
    beforeEach(() => admin.setSecrets({ PASSWORD }));

    test.each([
      ['http://127.0.0.1:9/elsewhere', []],
      ['https://shop-git-dark-mode-acme.vercel.app/', ['https://shop-*-acme.vercel.app']],
      ['https://Preview.Example.com:8443/', ['https://preview.example.com:8443']],
    ])('sends its secret to %s if %j are trusted', async (app_url, trusted_origins) => {
      await admin.setSettings({ ...SETTINGS, trusted_origins });
      expect(await run({ start: ['/trigger', { app_url }] })).toMatchObject({ warnings: [] });
      expect(given).toEqual([SENT]);
    });

    test.each([
      ['https://evil.example/', ['https://shop-*-acme.vercel.app']],
      ['http://127.0.0.1:10/', []],
      ['https://127.0.0.1:9/', []],
      ['https://shop-x.evil.example/-acme.vercel.app', ['https://shop-*-acme.vercel.app']],
      ['https://shop-x.y-acme.vercel.app/', ['https://shop-*-acme.vercel.app']],
      ['https://shop-x-acme.vercel.app.evil.example/', ['https://shop-*-acme.vercel.app']],
      ['https://shopXexample.com/', ['https://shop.example.com']],
    ])('sends no secret to %s if %j are trusted, and says so', async (app_url, trusted_origins) => {
      await admin.setSettings({ ...SETTINGS, trusted_origins });
      const { warnings } = await run({ start: ['/trigger', { app_url }] });
      expect(given).toEqual([{ max_pages: 5 }]);
      expect(warnings).toEqual([expect.stringContaining(`${new URL(app_url).origin} is not the origin`)]);
    });
  });

  describe('ends as an error', () => {
    beforeEach(async () => {
      await admin.setSecrets({ PASSWORD });
      await admin.setSettings({ headers: { 'X-Token': '{{PASSWORD}}' } });
    });
    afterEach(() => {
      expect(given).toEqual([]);
      expect(log).not.toContain(PASSWORD);
    });

    const change = (set: string) =>
      server.query(`update secrets set ${set} where app_id = $1 and name = 'PASSWORD'`, [app.id]);
    const UNREADABLE = /^The secret PASSWORD cannot be read: .* ENCRYPTION_KEY/;

    test('names the secret if the runner has another key, or none', async () => {
      expect((await run({ keys: [randomBytes(32)] })).error).toMatch(UNREADABLE);
      await stop?.();
      expect((await run({ keys: [] })).error).toMatch(UNREADABLE);
    });

    test.each(['ciphertext', 'nonce'])(
      'names the secret if its %s was changed in the database',
      async (column) => {
        await change(`${column} = set_byte(${column}, 0, get_byte(${column}, 0) # 1)`);
        expect((await run()).error).toMatch(UNREADABLE);
      },
    );

    test('names the secret if its row was copied from another name', async () => {
      await admin.setSecrets({ OTHER: 'of another name' });
      await change(`(key_id, nonce, ciphertext) =
        (select key_id, nonce, ciphertext from secrets as other where other.app_id = secrets.app_id and other.name = 'OTHER')`);
      expect((await run()).error).toMatch(UNREADABLE);
    });

    test('names the secret if its row was copied from another app', async () => {
      const other = await server.createApp();
      await createAppAdmin(server, other).setSecrets({ PASSWORD: 'of another app' });
      await change(`(key_id, nonce, ciphertext) =
        (select key_id, nonce, ciphertext from secrets as other where other.app_id = '${other.id}')`);
      expect((await run()).error).toMatch(UNREADABLE);
    });

    test('names the secret if the tried settings refer to it and it was removed', async () => {
      await admin.setSecrets({ GONE: 'open sesame' });
      const trial = await admin.send('post', '/check-settings/try', { user_agent_suffix: '{{GONE}}' });
      await admin.send('delete', '/secrets/GONE');
      await run();
      expect((await admin.send('get', `/checks/${trial.body.check_id}`)).body.error).toBe(
        'The check settings refer to the secret GONE, which the app does not have. Set it, or remove {{GONE}} from the settings.',
      );
      given = [];
    });
  });

  test.each([
    ['headers.X-Token', { headers: { 'X-Token': '{{VALUE}}' } }, 'a line\n'],
    ['headers.X-Token', { headers: { 'X-Token': '{{VALUE}}' } }, '✓ not Latin-1'],
    ['headers.X-Token', { headers: { 'X-Token': '{{VALUE}}' } }, 'x'.repeat(8_193)],
    ['basic_auth.username', { basic_auth: { username: '{{VALUE}}', password: '' } }, 'with:colon'],
    ['user_agent_suffix', { user_agent_suffix: '{{VALUE}}' }, 'né'],
  ])('ends as an error if %s cannot be sent with the value of its secret', async (path, settings, value) => {
    await admin.setSecrets({ VALUE: value });
    await admin.setSettings(settings);
    const { conclusion, error } = await run();
    expect(conclusion).toBe('error');
    expect(error).toContain(`The check setting ${path} cannot be sent with the value of VALUE`);
    expect(error).not.toContain(value);
    expect(given).toEqual([]);
  });
});
