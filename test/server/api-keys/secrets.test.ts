import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateApiKey } from '../../../server/auth/keys/api-key.ts';
import { createLogger } from '../../../server/observe/logger.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { type ServerProcess, startServerProcess } from '../../helpers/server/server-process.ts';
import { type GithubKeyList, startGithubKeyList } from '../../helpers/stand-ins/github-keys.ts';

describe('secrets', () => {
  let database: TestDatabase;
  let github: GithubKeyList;
  let server: ServerProcess;
  beforeAll(async () => {
    [database, github] = await Promise.all([createTestDatabase(), startGithubKeyList()]);
    server = await startServerProcess({
      env: {
        DATABASE_URL: database.connectionString,
        LOG_LEVEL: 'trace',
        SECRET_SCANNING_KEYS_URL: github.url,
      },
    });
  });
  afterAll(async () => {
    await server.end('SIGKILL');
    await Promise.all([database.drop(), github.stop()]);
  });

  test('no log line, error or page shows a key, cookie, token or password, at the most verbose log level', async () => {
    const { url, cookie } = server;
    const session = { cookie, 'sec-fetch-site': 'same-origin' };
    const send = async (method: string, path: string, headers: Record<string, string>, body?: string) => {
      const answer = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) });
      return { text: await answer.text(), headers: JSON.stringify([...answer.headers]) };
    };
    await send('POST', '/api/apps', session, '{"name":"shop","alias":"shop"}');
    const generated = await send('POST', '/api/apps/shop/api-key', session);
    const apiKey: string = JSON.parse(generated.text).api_key;
    const stranger = generateApiKey();
    const key = { authorization: `Bearer ${apiKey}` };
    const answers = [
      await send('POST', '/api/apps/shop/trigger', key, `{"branch":1,"${'x'.repeat(10)}":1}`),
      await send('POST', '/api/apps/shop/trigger', key, '{'),
      await send('GET', '/api/apps/shop', { authorization: `Bearer ${stranger}` }),
      await send('GET', '/api/apps/shop', { authorization: `Bearer ${apiKey}x` }),
      await send('GET', `/api/apps/${apiKey}`, { authorization: `Basic ${apiKey}` }),
      await send('GET', `/api/apps/${apiKey.replace('_', '%5F')}/checks`, key),
      await send('GET', `/api/apps/${apiKey.replace('_', '%255F')}`, key),
      await send('GET', `/api/apps/shop/checks/${cookie.slice(-200)}`, key),
      await send('GET', '/api/apps/shop/api-key', session),
      await send('GET', '/api/me', { cookie: `${cookie}x` }),
      await send('GET', `/sign-in?token=${apiKey}`, {}),
      await send('GET', '/api/apps/shop/audit-log', session),
    ];
    const report = (body: string, signed = body) =>
      send('POST', '/api/secret-scanning/github', github.sign(signed), body);
    const found = JSON.stringify([{ token: apiKey, type: 'q', url: `https://x.example/` }]);
    answers.push(
      await report(found, 'another body'),
      await report(found.slice(0, -2)),
      await report(JSON.stringify([{ token: [apiKey], type: apiKey.length }])),
      await report(JSON.stringify([{ token: `${stranger}x`, type: 'q' }])),
    );
    await database.query('alter table revoked_keys rename to gone');
    answers.push(await report(found));
    await database.query('alter table gone rename to revoked_keys');
    answers.push(await report(found));
    expect(answers.at(-1)?.text).toContain('true_positive');
    await database.query('alter table apps rename to gone');
    answers.push(await send('GET', '/api/apps/shop', key), await send('GET', '/api/apps', session));
    await database.query('alter table gone rename to apps');

    // The log is written in batches, and completely only when the process ends.
    expect(await server.end('SIGTERM')).toBe(0);
    const printed = server.output().replace(/^Sign in: .*$/m, '');
    expect(printed).toContain('internal_error');
    expect(printed).toContain('GitHub found API keys in public');
    const shown = JSON.stringify(answers) + printed;
    const password = new URL(database.connectionString).password;
    const signInToken = /token=(\S+)/.exec(server.output())?.[1] ?? 'none';
    for (const secret of [apiKey, apiKey.slice(4), stranger, cookie.slice(-40), signInToken, password].filter(
      (value) => value !== '',
    )) {
      expect(shown).not.toContain(secret);
    }
  });

  test('every field with the name of a secret is redacted in the log', () => {
    let line = '';
    const logger = createLogger({ logLevel: 'info' }, { write: (text) => (line = text) });
    const secret = 'open-sesame';
    logger.info({ authorization: secret, req: { headers: { cookie: secret } }, user: { token: secret } });
    expect(line).toContain('[redacted]');
    expect(line).not.toContain(secret);
  });
});
