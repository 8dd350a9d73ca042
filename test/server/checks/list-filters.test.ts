import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { type CheckOptions, insertCheck } from '../../helpers/server/checks.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

let server: TestServer;
let app: TestApp;
let admin: { readonly id: string };
const names = new Map<string, string>();

const CHECKS: Record<string, CheckOptions> = {
  main: { metadata: { branch: 'main' } },
  'a stopped one': {
    metadata: { branch: 'main' },
    incomplete: { reason: 'page_limit', left: 3, message: 'Stopped at 5,000 pages.' },
  },
  'a broken one': { metadata: { branch: 'feature/100%_DONE' }, conclusion: 'failure' },
  'a scheduled one': { metadata: { branch: 'feature/100 DONE' }, triggeredBy: 'schedule' },
  'a running one': { metadata: { branch: 'renovate/main.x' }, conclusion: null },
  'one without a branch': {},
};

beforeAll(async () => {
  server = await startTestServer();
  app = await server.createApp({ url: 'http://127.0.0.1:9' });
  admin = (await asAdmin(server, 'get', '/api/me')).body.user;
  const own: CheckOptions = { metadata: { branch: 'Fix\\slash' }, triggeredBy: { userId: admin.id } };
  for (const [name, check] of Object.entries({ ...CHECKS, 'one of a person': own })) {
    names.set(await insertCheck(server, app, check), name);
  }
});
afterAll(() => server.stop());

async function list(query: string): Promise<string[]> {
  const { body } = await withKey(server, app, 'get', `/checks?${query}`);
  return body.checks.map(({ id }: { id: string }) => names.get(id)).sort();
}

test.each([
  ['main', ['a running one', 'a stopped one', 'main']],
  ['MAIN', ['a running one', 'a stopped one', 'main']],
  ['main.', ['a running one']],
  ['%', ['a broken one']],
  ['0_', []],
  ['%_d', ['a broken one']],
  ['\\', ['one of a person']],
  ['nowhere', []],
])(
  'finds checks by the part %s of their branch, in any case and with every character taken as it is',
  async (part, expected) => {
    expect(await list(`branch_contains=${encodeURIComponent(part)}`)).toEqual(expected);
  },
);

test('leaves ?branch= exact', async () => {
  expect(await list('branch=mai')).toEqual([]);
  expect(await list('branch=main')).toEqual(['a stopped one', 'main']);
});

test('finds checks that run, and those that have ended', async () => {
  expect(await list('ended=false')).toEqual(['a running one']);
  expect(await list('ended=true')).toHaveLength(6);
});

test('tells complete checks from incomplete ones', async () => {
  expect(await list('incomplete=true')).toEqual(['a stopped one']);
  expect(await list('conclusion=success&incomplete=false&branch=main')).toEqual(['main']);
});

test('finds checks by how they were triggered, and by whom', async () => {
  expect(await list('triggered_by=schedule')).toEqual(['a scheduled one']);
  expect(await list('triggered_by=session')).toEqual(['one of a person']);
  expect(await list('triggered_by=api_key')).toHaveLength(5);
  expect(await list(`triggered_by=${admin.id}`)).toEqual(['one of a person']);
  expect(await list(`triggered_by=${app.id}`)).toEqual([]);
});

test('counts all that match on request, whatever the page', async () => {
  const { body } = await withKey(server, app, 'get', '/checks?branch_contains=main&limit=2&count=true');
  expect([body.total, body.checks.length]).toEqual([3, 2]);
  const next = await withKey(server, app, 'get', `/checks?limit=2&count=true&cursor=${body.next_cursor}`);
  expect(next.body.total).toBe(7);
  expect((await withKey(server, app, 'get', '/checks')).body).not.toHaveProperty('total');
});
