import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Comparison, FlowResult, Metadata } from '../../../server/features/checks/schema.ts';
import { asAdmin, withKey } from '../../helpers/network/requests.ts';
import { type CheckOptions, failed, insertCheck, passed } from '../../helpers/server/checks.ts';
import { startTestServer, type TestApp, type TestServer } from '../../helpers/server/server.ts';

const MAIN: Metadata = { branch: 'main' };
const FEATURE: Metadata = { branch: 'feature' };
const STYLE = 'style /app.css responded 404 Not Found';

describe('the comparison of a check with the main branch', () => {
  let server: TestServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startTestServer();
  });
  beforeEach(async () => {
    app = await server.createApp();
  });
  afterAll(() => server.stop());

  const insert = (options: CheckOptions) => insertCheck(server, app, options);
  const insertMain = (flows: readonly FlowResult[], options: CheckOptions = {}) =>
    insert({ conclusion: 'failure', metadata: MAIN, minutesAgo: 60, flows, ...options });
  const insertFeature = (flows: readonly FlowResult[], options: CheckOptions = {}) =>
    insert({ conclusion: 'failure', metadata: FEATURE, minutesAgo: 5, flows, ...options });

  async function compare(id: string): Promise<Comparison> {
    const answer = await withKey(server, app, 'get', `/checks/${id}/comparison`);
    expect(answer.status).toBe(200);
    return answer.body;
  }

  const getBaseId = async (id: string) => (await compare(id)).base?.id;
  const nameAll = ({ new: added, known, fixed }: Comparison) => ({
    new: added.map(({ name }) => name),
    known: known.map(({ name }) => name),
    fixed: fixed.map(({ name }) => name),
  });

  test('tells apart what is new, what is known and what is fixed', async () => {
    const main = await insertMain(
      [passed('GET /'), failed('GET /old', 'responded 500'), failed('GET /mended', 'responded 404')],
      { metadata: { ...MAIN, git_commit_id: 'abc1234' } },
    );
    const id = await insertFeature([
      failed('GET /', 'responded 503'),
      failed('GET /old', 'responded 500'),
      passed('GET /mended'),
    ]);
    expect(await compare(id)).toEqual({
      branch: 'main',
      base: {
        id: main,
        url: expect.stringMatching(new RegExp(`/apps/${app.alias}/checks/${main}$`)),
        git_commit_id: 'abc1234',
        created_at: expect.stringMatching(/Z$/),
        failures: [
          { name: 'GET /old', cause: 'responded 500' },
          { name: 'GET /mended', cause: 'responded 404' },
        ],
      },
      new: [{ name: 'GET /', cause: 'responded 503' }],
      known: [{ name: 'GET /old', cause: 'responded 500' }],
      fixed: [{ name: 'GET /mended', cause: 'responded 404' }],
    });
    const asViewer = await asAdmin(server, 'get', `/api/apps/${app.alias}/checks/${id}/comparison`);
    expect(asViewer.body).toEqual(await compare(id));
  });

  test('has no base without an earlier finished check of the main branch alone', async () => {
    const flows = [failed('GET /', 'responded 500')];
    const id = await insertFeature(flows);
    await insertMain(flows, { minutesAgo: 1 });
    await insertMain(flows, { conclusion: 'cancelled' });
    await insertMain([], { conclusion: 'error' });
    await insertMain(flows, { conclusion: null });
    await insertMain(flows, { metadata: { branch: 'other' } });
    await insertMain(flows, { metadata: { ...MAIN, pull_request_id: '7' } });
    const trial = await insertMain(flows);
    await server.query(`update checks set settings = '{"max_pages": 1}' where id = $1`, [trial]);
    const other = await server.createApp();
    await insertCheck(server, other, { conclusion: 'failure', metadata: MAIN, minutesAgo: 60, flows });
    expect(await compare(id)).toEqual({ branch: 'main', base: null, new: [], known: [], fixed: [] });
  });

  test('takes the newest check of the main branch before this one, also after main has moved on', async () => {
    await insertMain([], { minutesAgo: 90 });
    const before = await insertMain([], { minutesAgo: 60 });
    const id = await insertFeature([]);
    const after = await insertMain([], { minutesAgo: 1 });
    expect(await getBaseId(id)).toBe(before);
    expect(await getBaseId(after)).toBe(before);
    await server.query(`update apps set main_branch = 'trunk' where id = $1`, [app.id]);
    const trunk = await insertMain([], { metadata: { branch: 'trunk' }, minutesAgo: 70 });
    expect((await compare(id)).branch).toBe('trunk');
    expect(await getBaseId(id)).toBe(trunk);
  });

  test('compares a trial too', async () => {
    const main = await insertMain([failed('GET /', 'responded 500')]);
    const id = await insertFeature([failed('GET /', 'responded 500')], { metadata: {} });
    await server.query(`update checks set settings = '{"max_pages": 1}' where id = $1`, [id]);
    expect(await getBaseId(id)).toBe(main);
    expect(nameAll(await compare(id))).toEqual({ new: [], known: ['GET /'], fixed: [] });
  });

  test('takes a flow that fails for another cause for new, unless the cause was there or is unknown', async () => {
    const withoutCause = (name: string) => ({ ...failed(name, 'responded 500'), cause: null });
    await insertMain([
      failed('GET /changed', 'responded 404'),
      failed('GET /spread', 'responded 404'),
      { ...failed('GET /styled', STYLE), cause: STYLE },
      failed('GET /lost', 'responded 404'),
      withoutCause('GET /older'),
    ]);
    const id = await insertFeature([
      failed('GET /changed', 'responded 500'),
      { ...failed('GET /spread', STYLE), cause: STYLE },
      { ...failed('GET /more', STYLE), cause: STYLE },
      withoutCause('GET /lost'),
      failed('GET /older', 'responded 502'),
    ]);
    expect(nameAll(await compare(id))).toEqual({
      new: ['GET /changed', 'GET /more'],
      known: ['GET /spread', 'GET /lost', 'GET /older'],
      fixed: [],
    });
  });

  test('compares what there is of a check that runs, and of one that an older server ended', async () => {
    await insertMain([failed('GET /', 'responded 500')]);
    const running = await insertFeature([failed('GET /a', 'responded 500')], { conclusion: null });
    expect(nameAll(await compare(running))).toEqual({ new: ['GET /a'], known: [], fixed: [] });
    const { cause: _, ...older } = failed('GET /', 'responded 404');
    const ended = await insertFeature([]);
    await server.query('update checks set flows = $2 where id = $1', [ended, JSON.stringify([older])]);
    expect((await compare(ended)).known).toEqual([{ name: 'GET /', cause: null }]);
  });

  test('answers 404 for a check that is not there, and for one of another app', async () => {
    const other = await server.createApp();
    const id = await insertCheck(server, other, {});
    for (const unknown of [id, randomUUID(), 'nonsense']) {
      const answer = await withKey(server, app, 'get', `/checks/${unknown}/comparison`);
      expect([answer.status, answer.body.code]).toEqual([404, 'check_not_found']);
    }
    const refused = await withKey(server, app, 'get', '/checks').set('Authorization', 'Bearer nonsense');
    expect(refused.status).toBe(401);
  });
});
