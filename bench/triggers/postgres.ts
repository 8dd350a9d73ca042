import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../server/db/embedded/embedded-postgres.ts';

export interface BenchPostgres {
  /** Creates an empty database and resolves with its connection string. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Connects to the PostgreSQL of `BENCH_DATABASE_URL`, or starts an embedded one with PostgreSQL's default durability.
 */
export async function startPostgres(): Promise<BenchPostgres> {
  const given = process.env.BENCH_DATABASE_URL;
  const dataDir = await mkdtemp(join(tmpdir(), 'qassandra-bench-'));
  const embedded = given === undefined ? await startEmbeddedPostgres(dataDir) : undefined;
  const connectionString = given ?? embedded?.connectionString ?? '';
  const made: string[] = [];
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  return {
    async createDatabase(name) {
      const database = `qassandra_bench_${name}_${randomBytes(4).toString('hex')}`;
      await run(`create database ${database}`);
      made.push(database);
      return Object.assign(new URL(connectionString), { pathname: `/${database}` }).href;
    },
    async stop() {
      for (const database of made) {
        await run(`drop database ${database} with (force)`);
      }
      await embedded?.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
