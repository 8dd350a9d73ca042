import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { App } from '../server/features/apps/schema.ts';
import type { Check, Metadata } from '../server/features/checks/schema.ts';
import type { Me } from '../server/features/organizations/schema.ts';
import { type SitePage, startSite } from '../test/helpers/network/site.ts';
import { insertCheck } from '../test/helpers/server/checks.ts';
import { signInWithPassword } from '../test/helpers/server/sign-in.ts';
import type { Supabase } from '../test/helpers/stand-ins/supabase.ts';

export interface FillOptions {
  readonly server: { readonly url: string };
  readonly supabase: Supabase;
  readonly db: pg.Client;
}

export interface Filled {
  /** The session cookie of the admin who created everything. */
  readonly cookie: string;
  /** The id of a check of the shop in which a page failed. */
  readonly failedId: string;
}

type Call = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;
type Site = Record<string, SitePage>;

const PASSWORD = 'correct horse battery';
const BROKEN: SitePage = { status: 500, body: 'Something went wrong.', delayMs: 90 };
const PULLS = [
  ['feature/dark-mode', '412', 'Add a dark mode', 'Add a dark mode\n\nIt follows the setting of the system.'],
  ['fix/cart-total', '409', 'Count gift wrapping into the total', 'Count gift wrapping into the total'],
  ['renovate/react-19.x', '405', 'Update react to v19.3.1', 'Update react to v19.3.1'],
] as const;

/**
 * Creates what a team has after some weeks: people, a key in use, and apps with checks of every kind. The checks really
 * run.
 */
export async function fillDashboard({ server, supabase, db }: FillOptions): Promise<Filled> {
  const signInAs = (email: string) => signInWithPassword(supabase, server, { email, password: PASSWORD });
  const cookie = await signInAs('maya@example.com');
  const call = createCall(server.url, { cookie, 'sec-fetch-site': 'same-origin' });
  const organization = await fillOrganization(server.url, call, signInAs);

  const pages = createShop();
  const site = await startSite(pages);
  const addApp = (name: string, url: string, alias: string) =>
    call<App>('POST', '/api/apps', { name, url, alias, organization_id: organization });
  const shop = await addApp('Shop', site.url, 'shop');
  const docs = await addApp('Documentation', site.url, 'docs');
  const admin = await addApp('Back office', 'http://127.0.0.1:9/', 'back-office');
  await addApp('Status page', 'https://status.example.com', 'status');

  await call('POST', `/api/apps/${admin.id}/trigger`, { branch: 'main' });
  await waitForEnd(db);
  const failedId = await runChecks(server.url, call, shop, pages);
  await call('POST', `/api/apps/${shop.id}/trigger`, { branch: 'main' });
  await waitForEnd(db);
  await site.stop();

  await call('PATCH', `/api/apps/${shop.id}`, {
    url: 'https://shop.example.com',
    repository_url: 'https://github.com/tea-and-co/shop',
  });
  await call('PATCH', `/api/apps/${docs.id}`, { url: 'https://docs.example.com' });
  await call('PATCH', `/api/apps/${admin.id}`, { url: 'https://office.example.com' });
  await spreadOverTime(db);
  const query = (sql: string, values: readonly unknown[] = []) => db.query(sql, [...values]);
  await insertCheck({ query }, docs, { conclusion: null, minutesAgo: 0.2, metadata: { branch: 'main' } });
  return { cookie, failedId };
}

async function fillOrganization(
  serverUrl: string,
  call: Call,
  signInAs: (email: string) => Promise<string>,
): Promise<string> {
  const me = await call<Me>('GET', '/api/me');
  const id = me.organizations[0]?.id ?? '';
  await call('PATCH', `/api/organizations/${id}`, { name: 'Tea & Co' });
  const people = { 'jonas@example.com': 'admin', 'lin@example.com': 'member', 'sam@example.com': 'viewer' };
  for (const [email, role] of Object.entries(people)) {
    // The server knows a user from their first request on.
    const headers = { cookie: await signInAs(email) };
    await createCall(serverUrl, headers)('GET', '/api/me');
    await call('POST', `/api/organizations/${id}/invitations`, { email, role });
  }
  await call('POST', `/api/organizations/${id}/invitations`, { email: 'noor@example.com', role: 'member' });
  return id;
}

/**
 * Runs checks as CI does: most pass, some find a broken page, one is cancelled. Resolves with the id of one that
 * failed.
 */
async function runChecks(serverUrl: string, call: Call, app: App, pages: Site): Promise<string> {
  const { api_key } = await call<{ api_key: string }>('POST', `/api/apps/${app.id}/api-key`);
  const callAsCi = createCall(serverUrl, { authorization: `Bearer ${api_key}` });
  let failedId = '';
  for (let at = 0; at < 16; at += 1) {
    const isBroken = [3, 4, 14].includes(at);
    const isSlow = at === 9;
    pages['/pricing'] = isBroken
      ? BROKEN
      : { body: 'Prices', delayMs: isSlow ? 5_000 : 60 + ((at * 37) % 200) };
    const path = `/api/apps/${app.id}/checks`;
    const { check_id } = await callAsCi<{ check_id: string }>(
      'POST',
      `/api/apps/${app.id}/trigger`,
      createMetadata(at),
    );
    if (isSlow) {
      // Cancel while the check runs, with some of its pages done.
      await sleep(1_000);
      await callAsCi('POST', `${path}/${check_id}/cancel`);
    }
    await callAsCi<Check>('GET', `${path}/${check_id}?wait=30`);
    failedId = isBroken ? check_id : failedId;
  }
  return failedId;
}

function createMetadata(at: number): Metadata {
  const sha = createHash('sha1').update(`commit ${at}`).digest('hex');
  const [branch, id, name, message] = PULLS[at % 5] ?? [];
  return branch === undefined
    ? {
        branch: 'main',
        git_commit_id: sha,
        git_commit_message: `Say how many teapots are left (#${380 + at})`,
      }
    : {
        branch,
        git_commit_id: sha,
        git_commit_message: message ?? '',
        pull_request_id: id ?? '',
        pull_request_name: name ?? '',
      };
}

function createShop(): Site {
  const paths = ['/products', '/pricing', '/cart', '/about', '/contact', '/delivery'];
  const products = ['teapot', 'kettle', 'cup', 'saucer', 'strainer'].map((name) => `/products/${name}`);
  const link = (path: string) => `<a href="${path}">${path}</a>`;
  const leaves = [...paths, ...products].map((path, at) => [path, { body: path, delayMs: 20 + at * 15 }]);
  return {
    ...Object.fromEntries(leaves),
    '/': { body: paths.map(link).join(' '), delayMs: 35 },
    '/products': { body: products.map(link).join(' '), delayMs: 55 },
  };
}

/** Moves checks into the past, as if they had been triggered over weeks. Only the database can do this, not the API. */
async function spreadOverTime(db: pg.Client): Promise<void> {
  await db.query(`
    update checks
    set created_at = created_at - ago, started_at = started_at - ago, finished_at = finished_at - ago
    from (
      select id as aged_id,
        interval '11 minutes' + (row_number() over (order by created_at desc) - 1) * interval '5 hours 13 minutes' as ago
      from checks
    ) as ages
    where id = aged_id`);
  await db.query(`update api_keys set created_at = created_at - interval '23 days'`);
  await db.query(`update audit_events set created_at = created_at - interval '23 days'`);
}

async function waitForEnd(db: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await db.query('select from checks where conclusion is null limit 1');
    if (rows.length === 0) {
      return;
    }
    await sleep(100);
  }
}

function createCall(serverUrl: string, headers: Record<string, string>): Call {
  return async <Answer>(method: string, path: string, body?: object) => {
    const answer = await fetch(`${serverUrl}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) {
      throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    }
    return (await answer.json()) as Answer;
  };
}
