import pg from 'pg';
import { DatabaseStartError } from './database-start-error.ts';
import { migrate } from './migrate.ts';

export interface CopiedTable {
  readonly name: string;
  readonly rows: number;
}

interface Table {
  readonly name: string;
  /** Tables that its rows refer to. */
  readonly needs: readonly string[];
  /** The identity column, if the table has one. */
  readonly identity: string | null;
}

const ROWS_AT_ONCE = 500;

/**
 * Copies all rows from one database to an empty one, in one transaction: all or nothing. Migrates both first, so that
 * they have the same tables. The target may run another major version of PostgreSQL, also an older one. Resolves with
 * the tables and their numbers of rows. Rejects with a `DatabaseStartError` if a server uses the source, the target
 * holds data, or a migration fails.
 */
export async function copyDatabase(from: string, to: string): Promise<CopiedTable[]> {
  await migrate(from);
  await migrate(to);
  const source = new pg.Client({ connectionString: from, application_name: 'qassandra copy' });
  const target = new pg.Client({ connectionString: to, application_name: 'qassandra copy' });
  try {
    await Promise.all([source.connect(), target.connect()]);
    await assertUnused(source);
    await source.query('begin isolation level repeatable read read only');
    await target.query('begin');
    const copied: CopiedTable[] = [];
    for (const table of await listTables(source)) {
      copied.push({ name: table.name, rows: await copyTable(table, source, target) });
    }
    await target.query('commit');
    return copied;
  } finally {
    await Promise.all([source.end(), target.end()]);
  }
}

/** Rejects if a server uses the database: rows that it stores during the copy would be left behind. */
async function assertUnused(source: pg.Client): Promise<void> {
  const { rows } = await source.query(
    `select from pg_stat_activity
     where datname = current_database() and application_name in ('qassandra', 'qassandra listen')`,
  );
  if (rows.length > 0) {
    throw new DatabaseStartError('A server uses the database to copy. Stop that server first.');
  }
}

/** Tables that others refer to come first. */
async function listTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select
      entry.relname as name,
      array(
        select distinct target.relname::text
        from pg_constraint as reference
        join pg_class as target on target.oid = reference.confrelid
        where reference.contype = 'f' and reference.conrelid = entry.oid and target.oid <> entry.oid
      ) as needs,
      (
        select attname from pg_attribute where attrelid = entry.oid and attidentity <> '' and not attisdropped
      ) as identity
    from pg_class as entry
    where entry.relkind = 'r'
      and entry.relnamespace = 'public'::regnamespace
      and entry.relname <> 'schema_migrations'
    order by entry.relname`);
  const sorted: Table[] = [];
  while (sorted.length < rows.length) {
    const names = sorted.map(({ name }) => name);
    const next = rows.filter(
      ({ name, needs }) => !names.includes(name) && needs.every((need) => names.includes(need)),
    );
    if (next.length === 0) {
      throw new Error('Tables refer to each other in a circle.');
    }
    sorted.push(...next);
  }
  return sorted;
}

/**
 * Copies the rows as JSON, from which PostgreSQL reads every type that we use back unchanged. Resolves with their
 * number.
 */
async function copyTable({ name, identity }: Table, source: pg.Client, target: pg.Client): Promise<number> {
  const table = pg.escapeIdentifier(name);
  const { rowCount } = await target.query(`select from ${table} limit 1`);
  if (rowCount !== 0) {
    throw new DatabaseStartError(
      `The database of DATABASE_URL already has data (in ${name}). Name an empty database.`,
    );
  }
  await source.query(`declare reader no scroll cursor for select to_jsonb(row) as row from ${table} as row`);
  let copied = 0;
  for (;;) {
    const { rows } = await source.query<{ row: unknown }>(`fetch ${ROWS_AT_ONCE} from reader`);
    if (rows.length === 0) {
      break;
    }
    await target.query(
      `insert into ${table} ${identity === null ? '' : 'overriding system value'}
       select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(rows.map(({ row }) => row))],
    );
    copied += rows.length;
  }
  await source.query('close reader');
  if (identity !== null) {
    const column = pg.escapeIdentifier(identity);
    await target.query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce(max(${column}), 0) + 1, false) from ${table}`,
      [table, identity],
    );
  }
  return copied;
}
