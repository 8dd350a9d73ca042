import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findMistypedSettings } from '../../../server/process/read-settings.ts';
import { findTestPort } from '../../helpers/network/test-port.ts';
import { expectExplained, runToItsEnd } from '../../helpers/process/run-to-its-end.ts';
import { createTestDatabase, type TestDatabase } from '../../helpers/server/database.ts';
import { startOldPostgres } from '../../helpers/stand-ins/old-postgres.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qassandra-settings-'));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('a setting with a mistyped name', () => {
  test('is named at the start, with the correct name', async () => {
    const { output } = await runToItsEnd({ env: { PUBLIC_ULR: 'https://checks.example.com', PORT: 'http' } });
    expect(output).toContain('PUBLIC_ULR: did you mean PUBLIC_URL?');
    expect(output).not.toContain('checks.example.com');
  });

  test.each([
    ['PROT', 'PORT'],
    ['HOSTS', 'HOST'],
    ['DATADIR', 'DATA_DIR'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['public_url', 'PUBLIC_URL'],
    ['SUPABASE_PUBLISABLE_KEY', 'SUPABASE_PUBLISHABLE_KEY'],
  ])('is recognized: %s for %s', (given, meant) => {
    expect(findMistypedSettings([given])).toEqual([{ given, meant }]);
  });

  test('is not reported for correct names and variables of other programs', () => {
    const others = [
      'HOME',
      'PATH',
      'PWD',
      'TERM',
      'SHELL',
      'USER',
      'HOSTNAME',
      'NODE_ENV',
      'RUNNER_OS',
      'TEST_DATABASE_URL',
    ];
    expect(findMistypedSettings(['PORT', 'HOST', 'METRICS_HOST', 'METRICS_PORT', ...others])).toEqual([]);
  });
});

describe('a .env file', () => {
  const nodeOptions = ['--import', new URL('../../../server/process/env-file.ts', import.meta.url).href];
  const run = (options: { env?: Record<string, string>; cwd: string }) =>
    runToItsEnd({ nodeOptions, args: [], ...options });

  test('is read from the working directory', async () => {
    await writeFile(join(folder, '.env'), 'PORT=of-the-file\nLOG_LEVEL=loud');
    const { output } = await run({ cwd: folder, env: { LOG_LEVEL: 'warn' } });
    expect(output).toContain('PORT must be');
    // What is set already stays.
    expect(output).not.toContain('LOG_LEVEL must be');
  });

  test('is optional, and a folder of that name is ignored', async () => {
    const other = join(folder, 'other');
    await mkdir(join(other, '.env'), { recursive: true });
    const { output } = await run({ cwd: other, env: { PORT: 'http' } });
    expect(output).toMatch(/^These settings need a change:\n {2}PORT must be [^\n]*\n$/);
  });
});

describe('a place to listen at', () => {
  const run = (env: Record<string, string>, runAs: readonly string[] = []) =>
    runToItsEnd({ env: { DATABASE_URL: database.connectionString, RUNNERS: '0', ...env }, runAs });

  test.each([
    ['HOST', '203.0.113.1'],
    ['HOST', 'no-such-host.invalid'],
    ['METRICS_HOST', '203.0.113.1'],
  ])('is named if it is not of this machine: %s=%s', async (name, value) => {
    const [port, metricsPort] = [String(await findTestPort()), String(await findTestPort())];
    const output = expectExplained(await run({ PORT: port, METRICS_PORT: metricsPort, [name]: value }));
    expect(output).toContain(`${name} is ${value}, which is no address of this machine`);
    expect(output).toContain('127.0.0.1');
  });

  test.each(['PORT', 'METRICS_PORT'])('is named if it is in use: %s', async (name) => {
    const port = await findTestPort();
    const other = createServer().listen(port, '127.0.0.1');
    const output = expectExplained(await run({ PORT: String(await findTestPort()), [name]: String(port) }));
    expect(output).toContain(`The port ${port} is in use.`);
    expect(output).toContain(`with ${name}.`);
    other.close();
  });

  const lowest = isLinux ? Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) : 0;
  // Elsewhere, and in most containers, any user may listen on any port.
  (lowest > 80 ? test : test.skip)('is named if it needs a privilege', async () => {
    const withoutPrivilege = ['setpriv', '--bounding-set=-net_bind_service', '--inh-caps=-net_bind_service'];
    const output = expectExplained(await run({ PORT: '80' }, isRoot ? withoutPrivilege : []));
    expect(output).toContain('The port 80 is not allowed for this user');
    expect(output).toContain('with PORT, such as 3000');
  });
});

describe('a DATA_DIR', () => {
  const run = async (dataDir: string) => expectExplained(await runToItsEnd({ env: { DATA_DIR: dataDir } }));

  test('is named if it is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await run(file)).toContain(`The folder ${file} cannot be created: a file has that name.`);
  });

  test('is named if it is below a file', async () => {
    const file = join(folder, 'parent');
    await writeFile(file, '');
    expect(await run(join(file, 'a', 'b'))).toContain('Choose another one with DATA_DIR');
  });

  (isLinux ? test : test.skip).each(['/proc/x', '/proc/x/y'])(
    'is named if it can never be created: %s',
    async (dataDir) => {
      expect(await run(dataDir)).toContain(`The folder ${dataDir} cannot be created`);
    },
  );

  (isLinux ? test : test.skip)('is named if it cannot be written to', async () => {
    expect(await run('/sys/kernel')).toContain('Choose another folder with DATA_DIR');
  });

  (isRoot ? test : test.skip)('is named if it has the database of another user', async () => {
    const cluster = join(folder, 'foreign', 'postgres');
    await mkdir(cluster, { recursive: true });
    await writeFile(join(cluster, 'PG_VERSION'), '18');
    await chown(cluster, 54_321, 54_321);
    expect(await run(join(folder, 'foreign'))).toMatch(/belongs to another user .*54321/);
  });
});

describe('a DATABASE_URL', () => {
  const run = async (databaseUrl: string, program = 'main.ts') => {
    const env = { DATABASE_URL: databaseUrl, PORT: String(await findTestPort()), RUNNERS: '0' };
    return expectExplained(await runToItsEnd({ env, program }));
  };
  const change = (change: Partial<URL>) => Object.assign(new URL(database.connectionString), change).href;

  test.each(['main.ts', 'commands/runner.ts', 'commands/sign-in.ts', 'commands/move-database.ts'])(
    'is named by %s, without the password, if it cannot be reached',
    async (program) => {
      const port = await findTestPort();
      const output = await run(`postgres://u:secret@127.0.0.1:${port}/x`, program);
      expect(output).toContain(`The PostgreSQL at 127.0.0.1:${port}/x cannot be used`);
      expect(output).toContain('DATABASE_URL');
      expect(output).not.toContain('secret');
    },
  );

  test('is named with the reason if none of its host’s several addresses is reachable', async () => {
    const port = await findTestPort();
    expect(await run(`postgres://u:secret@localhost:${port}/x`)).toContain('ECONNREFUSED');
  });

  test('is refused, without showing it, if its password is unencoded', async () => {
    const { code, output } = await runToItsEnd({
      env: { DATABASE_URL: 'postgres://ada:12/secret@db.example.com/checks' },
    });
    expect(code).toBe(1);
    expect(output).toContain('percent-encode');
    expect(output).not.toMatch(/secret|12/);
  });

  test('works with an @ in the password', async () => {
    await database.query(`create role at_sign login superuser password 'p@ss'`);
    const url = new URL(database.connectionString);
    const output = await run(`postgres://at_sign:p@ss@${url.host}/no_such_database`);
    expect(output).toContain('database "no_such_database" does not exist');
    await database.query('drop role at_sign');
  });

  test('is named if the database does not exist', async () => {
    const output = await run(change({ pathname: '/no_such_database' }));
    expect(output).toContain('database "no_such_database" does not exist. Create the database');
  });

  test('is named if the password is wrong', async () => {
    const output = await run(change({ username: 'nobody-here', password: 'secret' }));
    expect(output).toContain('Correct the user and the password in DATABASE_URL.');
    expect(output).not.toContain('secret');
  });

  test('is named if the server is too old', async () => {
    const old = await startOldPostgres(130_014);
    const output = await run(old.connectionString);
    expect(output).toContain('has version 13, which is too old. Upgrade it to 14 or later');
    expect(output).not.toContain('secret');
    await old.stop();
  });

  test('is named if the server is read-only', async () => {
    const readOnly = await createTestDatabase({ isEmpty: true });
    const name = new URL(readOnly.connectionString).pathname.slice(1);
    await readOnly.query(`alter database ${name} set default_transaction_read_only = on`);
    expect(await run(readOnly.connectionString)).toContain('It is read-only: name the primary server');
    await readOnly.drop();
  });

  test.each([
    ['an empty database', ''],
    ['a database with tables', 'grant select on all tables in schema public to USER'],
    ['its tables', 'alter table schema_migrations owner to USER'],
  ])('is named if its user may not change %s', async (place, grant) => {
    const foreign = await createTestDatabase({ isEmpty: place === 'an empty database' });
    const user = `stranger_${randomBytes(4).toString('hex')}`;
    await foreign.query(`create role ${user} login password 'secret'`);
    await foreign.query(grant.replace('USER', user));
    const url = Object.assign(new URL(foreign.connectionString), { username: user, password: 'secret' });
    const output = await run(url.href);
    expect(output).toMatch(/permission denied|must be owner/);
    expect(output).toContain('Make its user the owner of the database');
    expect(output).not.toContain('secret');
    await foreign.query(`drop owned by ${user}`);
    await foreign.query(`drop role ${user}`);
    await foreign.drop();
  });

  test('is named if it has the tables of another application', async () => {
    const foreign = await createTestDatabase({ isEmpty: true });
    await foreign.query('create table schema_migrations (version text)');
    expect(await run(foreign.connectionString)).toContain('Check DATABASE_URL');
    await foreign.drop();
  });
});
