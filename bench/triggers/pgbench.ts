import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Statement } from '../../server/db/pool.ts';
import { triggerChecks } from '../../server/features/checks/sql/trigger-checks.ts';
import { createTrigger } from './trigger.ts';

const run = promisify(execFile);

export interface Pgbench {
  /**
   * Runs the statement of one trigger from `clients` connections. Resolves with the runs per second, and their mean
   * time in ms.
   */
  measure(options: { clients: number; seconds: number }): Promise<{ rate: number; meanMs: number }>;
  remove(): Promise<void>;
}

export interface PgbenchOptions {
  readonly connectionString: string;
  readonly app: { readonly id: string; readonly key_hash: Buffer };
  /** The server's setting; `undefined`: no limit. */
  readonly hourlyLimit: number | undefined;
}

/** PostgreSQL's own benchmark with our statement: the rate of the database without a server in front of it. */
export async function createPgbench({
  connectionString,
  app,
  hourlyLimit,
}: PgbenchOptions): Promise<Pgbench> {
  const command = await findPgbench();
  const folder = await mkdtemp(join(tmpdir(), 'qassandra-pgbench-'));
  const script = join(folder, 'trigger.sql');
  const statement = await captureStatement(app, hourlyLimit);
  await writeFile(script, `${toScript(statement)};\n`, { mode: 0o600 });
  const url = new URL(connectionString);
  const env = {
    PATH: process.env.PATH,
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: url.pathname.slice(1),
  };
  return {
    async measure({ clients, seconds }) {
      const args = [
        '--no-vacuum',
        '--protocol=prepared',
        `--client=${clients}`,
        `--time=${seconds}`,
        `--file=${script}`,
      ];
      const { stdout } = await run(command, args, { env });
      const [rate, meanMs] = [/^tps = ([\d.]+)/m, /^latency average = ([\d.]+) ms/m].map((pattern) =>
        Number(pattern.exec(stdout)?.[1]),
      );
      if (rate === undefined || meanMs === undefined || Number.isNaN(rate)) {
        throw new Error(`pgbench said:\n${stdout}`);
      }
      return { rate, meanMs };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Finds pgbench on the path, or where Debian installs it. */
async function findPgbench(): Promise<string> {
  const debian = '/usr/lib/postgresql';
  const versions = await readdir(debian).catch(() => []);
  for (const command of [
    'pgbench',
    ...versions.toSorted().map((version) => join(debian, version, 'bin/pgbench')),
  ]) {
    if (
      await run(command, ['--version']).then(
        () => true,
        () => false,
      )
    ) {
      return command;
    }
  }
  throw new Error(
    'pgbench is not here. It comes with PostgreSQL: apt-get install postgresql, brew install postgresql.',
  );
}

async function captureStatement(
  app: PgbenchOptions['app'],
  hourlyLimit: number | undefined,
): Promise<Statement> {
  let captured: Statement | undefined;
  const port = {
    query: async (statement: Statement) => {
      captured = statement;
      return [];
    },
  };
  await triggerChecks(port, [createTrigger(app)], { locked: 'wait', hourlyLimit });
  if (!captured) {
    throw new Error('There was no statement.');
  }
  return captured;
}

/** The statement with its values as literals. Only the check's id differs each time. */
function toScript({ text, values = [] }: Statement): string {
  const literals = values.map((value, index) =>
    index === CHECK_ID ? 'array[gen_random_uuid()]' : toLiteral(value),
  );
  return text
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\$(\d+)/g, (_, number: string) => literals[Number(number) - 1] ?? 'null')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The index of the check's id among the statement's values. Change it with `toColumns` of `trigger-checks.ts`. */
const CHECK_ID = 4;

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return `array[${value.map(toLiteral).join(', ')}]`;
  }
  if (Buffer.isBuffer(value)) {
    return `'\\x${value.toString('hex')}'`;
  }
  return `'${String(value).replaceAll("'", "''")}'`;
}
