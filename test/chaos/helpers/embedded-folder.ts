import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestDatabase } from '../../helpers/server/database.ts';

/** A `DATA_DIR`, opened independently of the processes that use it. */
export interface EmbeddedFolder {
  readonly dataDir: string;
  readonly query: TestDatabase['query'];
  readPostmasterPid(): Promise<number>;
  remove(): Promise<void>;
}

export async function createEmbeddedFolder(): Promise<EmbeddedFolder> {
  return openEmbeddedFolder(await mkdtemp(join(tmpdir(), 'qassandra-chaos-')));
}

/** Opens an existing `dataDir`. `remove` deletes it with its content. */
export function openEmbeddedFolder(dataDir: string): EmbeddedFolder {
  const cluster = join(dataDir, 'postgres');

  async function readPidFile(): Promise<{ pid: number; port: number }> {
    const [pid, , , port] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Number(pid), port: Number(port) };
  }

  return {
    dataDir,
    // Uses a new connection for each query: earlier ones may have been killed, and the port may have changed.
    async query(sql, values = []) {
      const [{ port }, password] = await Promise.all([
        readPidFile(),
        readFile(join(cluster, 'qassandra-password'), 'utf8'),
      ]);
      const client = new pg.Client({
        host: '127.0.0.1',
        port,
        user: 'qassandra',
        password,
        database: 'postgres',
      });
      // A broken connection is reported by the query that fails.
      client.on('error', () => {});
      await client.connect();
      try {
        return await client.query(sql, [...values]);
      } finally {
        await client.end();
      }
    },
    readPostmasterPid: async () => (await readPidFile()).pid,
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}
