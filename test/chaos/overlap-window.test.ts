import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../helpers/server/database.ts';
import { waitUntilBlocked } from '../helpers/server/locks.ts';
import { prepareApp, toAdminHeaders } from '../helpers/server/prepare-app.ts';
import type { TestApp } from '../helpers/server/server.ts';
import { type ServerProcess, startServerProcess } from '../helpers/server/server-process.ts';
import { type Change, findViolations, type Operation, type Use } from './helpers/key-history.ts';
import { printFigures } from './helpers/print-figures.ts';
import { createRandom, HOOK_TIMEOUT_MS, LOAD_SETTINGS, pick } from './helpers/scale.ts';

const CLIENTS = 32;
const CHANGES = pick({ full: 1_000, short: 60 });
/** Every fourth change removes the key, which is then generated again. */
const REMOVAL_EVERY = 4;
/**
 * The longest pause of a client between two requests: saturated servers would answer too late to catch an
 * overlap.
 */
const PAUSE_MS = 250;
/**
 * Requests sent as soon as a change is answered, with the old and with the new key, in addition to the
 * clients'.
 */
const VOLLEY = 4;

describe('no overlap window', () => {
  let database: TestDatabase;
  let servers: ServerProcess[];
  let app: TestApp;
  beforeEach(async () => {
    database = await createTestDatabase();
    // The address that all instances share, as behind a load balancer: sessions are bound to it.
    const PUBLIC_URL = 'http://localhost:1';
    const env = {
      ...LOAD_SETTINGS,
      DATABASE_URL: database.connectionString,
      PUBLIC_URL,
      LOG_LEVEL: 'fatal',
      // Old keys are tried more often here than any limit allows, and each one must be refused by itself.
      FAILED_AUTH_LIMIT_PER_ADDRESS: '0',
      FAILED_AUTH_LIMIT_PER_KEY_START: '0',
    };
    servers = [];
    for (const _instance of ['first', 'second']) {
      servers.push(await startServerProcess({ env }));
    }
    // Nothing listens there, so that the checks cost almost nothing.
    app = await prepareApp(servers[0] as ServerProcess, 'http://127.0.0.1:9/');
  }, HOOK_TIMEOUT_MS);
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.end('SIGKILL')));
    await database.drop();
  }, HOOK_TIMEOUT_MS);

  test('refuses the old key and accepts the new one in every request begun after a change was answered', async () => {
    const random = createRandom();
    const at = (): ServerProcess => servers[random.below(2)] as ServerProcess;
    const history: Operation[] = [{ type: 'change', key: app.apiKey, begun: 0, answered: 0 }];
    const unexpected: string[] = [];
    let current: string | undefined = app.apiKey;
    let uses = 0;
    let isDone = false;
    const readPath = `/api/apps/${app.alias}/checks/${await triggerAtFirst()}`;

    async function triggerAtFirst(): Promise<string> {
      const answer = await fetch(`${at().url}/api/apps/${app.id}/trigger`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app.apiKey}` },
      });
      return Object(await answer.json()).check_id;
    }

    type Kind = { readonly name: string; readonly method: string; readonly path: string };
    const kinds: readonly [Kind, ...Kind[]] = [
      { name: 'trigger', method: 'POST', path: `/api/apps/${app.id}/trigger` },
      { name: 'read', method: 'GET', path: readPath },
      { name: 'held read', method: 'GET', path: `${readPath}?wait=0.05&after=999` },
    ];

    async function use(key: string): Promise<Use['outcome'] | undefined> {
      const { name, method, path } = random.choose(kinds);
      const { url } = at();
      const begun = performance.now();
      const answer = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${key}` } });
      await answer.arrayBuffer();
      const answered = performance.now();
      uses += 1;
      if (answer.status !== 401 && !answer.ok) {
        unexpected.push(`${answer.status} to a ${name}`);
        return undefined;
      }
      const outcome = answer.ok ? 'passed' : 'refused';
      history.push({ type: 'use', key, begun, answered, outcome, label: `${name} at ${url}` });
      return outcome;
    }

    /** Behaves like a client that reads its key again only when it is refused, and not every time. */
    async function keepUsing(): Promise<void> {
      let key = app.apiKey;
      while (!isDone) {
        if ((await use(key)) !== 'passed' && random.below(4) > 0) {
          key = current ?? key;
        }
        await sleep(random.below(PAUSE_MS));
      }
    }

    async function change(method: 'POST' | 'DELETE'): Promise<void> {
      const server = at();
      const begun = performance.now();
      const answer = await fetch(`${server.url}/api/apps/${app.id}/api-key`, {
        method,
        headers: toAdminHeaders(servers[0] as ServerProcess),
      });
      const body = answer.status === 201 ? Object(await answer.json()) : {};
      const answered = performance.now();
      if (![201, 204].includes(answer.status)) {
        throw new Error(`${method} …/api-key answered ${answer.status}`);
      }
      current = body.api_key;
      history.push({ type: 'change', key: current, begun, answered } satisfies Change);
    }

    const clients = Promise.all(Array.from({ length: CLIENTS }, keepUsing));
    try {
      for (let count = 1; count <= CHANGES; count += 1) {
        const old = current;
        await change(old !== undefined && count % REMOVAL_EVERY === 0 ? 'DELETE' : 'POST');
        const keys = [old, current].filter((key) => key !== undefined);
        await Promise.all(keys.flatMap((key) => Array.from({ length: VOLLEY }, () => use(key))));
      }
    } finally {
      isDone = true;
      await clients;
    }
    const violations = findViolations(history);
    const changes = history.filter(({ type }) => type === 'change').length - 1;
    const ofOutcome = (outcome: Use['outcome']) =>
      history.filter((operation) => operation.type === 'use' && operation.outcome === outcome).length;
    printFigures('no overlap window', {
      clients: CLIENTS,
      instances: servers.length,
      'replaced or removed': changes,
      requests: uses,
      passed: ofOutcome('passed'),
      refused: ofOutcome('refused'),
      'answered otherwise': unexpected.length,
      violations: violations.length,
    });
    expect(unexpected).toEqual([]);
    expect(violations).toEqual([]);
    expect(Math.min(ofOutcome('passed'), ofOutcome('refused'))).toBeGreaterThan(CHANGES);
  }, 400_000);

  test('does not let a request begun after the answer use a statement that began before it', async () => {
    const [first] = servers as [ServerProcess];
    const call = async (apiKey: string, headers: Record<string, string> = {}): Promise<number> => {
      const { status } = await fetch(`${first.url}/api/apps/${app.id}/trigger`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, ...headers },
      });
      return status;
    };
    // This use is noted in the database, so that the held statement below does not note it and lock the key.
    expect(await call(app.apiKey)).toBe(202);
    const holder = new pg.Client({ connectionString: database.connectionString });
    await holder.connect();
    await holder.query('begin');
    await holder.query(
      `insert into idempotency_keys (app_id, key, body_hash, check_id) values ($1, 'held', '', $2)`,
      [app.id, randomUUID()],
    );
    const heldBefore = call(app.apiKey, { 'idempotency-key': 'held' });
    await waitUntilBlocked(database);
    const replaced = await fetch(`${first.url}/api/apps/${app.id}/api-key`, {
      method: 'POST',
      headers: toAdminHeaders(first),
    });
    expect(replaced.status).toBe(201);
    const { api_key: newKey } = Object(await replaced.json());
    const after = Promise.all([
      ...Array.from({ length: 4 }, () => call(app.apiKey)),
      call(app.apiKey, { 'idempotency-key': 'held' }),
      call(newKey),
    ]);
    // Gives the requests time to arrive while the earlier statement is still running.
    await sleep(300);
    await holder.query('rollback');
    await holder.end();
    expect(await after).toEqual([401, 401, 401, 401, 401, 202]);
    // This request began before: it is accepted or refused, depending on when its statement reads the key.
    expect([202, 401]).toContain(await heldBefore);
  }, 60_000);
});
