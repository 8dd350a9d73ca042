import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CHECK_SETTINGS } from '../../../server/features/check-settings/schema.ts';
import { createAppAdmin } from '../../helpers/network/app-admin.ts';
import { startTestServer } from '../../helpers/server/server.ts';
import { setUpAppAdmin } from '../../helpers/server/set-up-app-admin.ts';

const shop = setUpAppAdmin();

describe('a trial of settings', () => {
  const tryOut = (settings: object) => shop.admin.send('post', '/check-settings/try', settings);
  const readCheck = async (id: string) => (await shop.admin.send('get', `/checks/${id}`)).body;

  test('applies to one check, which belongs to no branch', async () => {
    const { status, headers, body } = await tryOut({ max_pages: 3, fragments: false });
    expect([status, headers.location]).toEqual([202, `/api/apps/${shop.app.id}/checks/${body.check_id}`]);
    expect(body).toMatchObject({ metadata: {}, app_id: shop.app.id });
    const { rows } = await shop.server.query('select settings from checks where id = $1', [body.check_id]);
    expect(rows).toEqual([{ settings: { max_pages: 3 } }]);
    expect(await readCheck(body.check_id)).toMatchObject({
      is_trial: true,
      metadata: {},
      triggered_by: 'session',
    });
    expect((await shop.admin.send('get', '/check-settings')).body).toEqual(DEFAULT_CHECK_SETTINGS);
  });

  test('is a trial also if the settings are the defaults', async () => {
    const { body } = await tryOut({});
    expect(await readCheck(body.check_id)).toMatchObject({ is_trial: true });
    const ordinary = await shop.admin.send('post', '/trigger', {});
    expect(await readCheck(ordinary.body.check_id)).not.toHaveProperty('is_trial');
  });

  test("is in the list of checks, and not the app's last check", async () => {
    const ordinary = await shop.admin.send('post', '/trigger', {});
    const trial = await tryOut({});
    const { checks } = (await shop.admin.send('get', '/checks?flows=false')).body;
    expect(checks.map(({ id, is_trial }: Record<string, unknown>) => [id, is_trial])).toEqual([
      [trial.body.check_id, true],
      [ordinary.body.check_id, undefined],
    ]);
    const { rows } = await shop.server.query(
      'select count(*)::integer as count from checks where app_id = $1',
      [shop.app.id],
    );
    expect(rows).toEqual([{ count: 2 }]);
    const list = await listApps();
    expect(list.find(({ id }) => id === shop.app.id)?.last_check.id).toBe(ordinary.body.check_id);
  });

  test('needs a URL of the app', async () => {
    const { send } = createAppAdmin(shop.server, await shop.server.createApp());
    expect((await send('post', '/check-settings/try', {})).body.code).toBe('app_url_missing');
  });

  async function listApps(): Promise<{ id: string; last_check: { id: string } }[]> {
    const answer = await fetch(`${shop.server.url}/api/apps`, { headers: { cookie: shop.server.cookie } });
    return Object((await answer.json()) ?? {}).apps;
  }
});

test('a trial of settings counts against the limit of triggers', async () => {
  const limited = await startTestServer({ env: { TRIGGER_LIMIT_PER_APP: '2' } });
  const { send } = createAppAdmin(limited, await limited.createApp({ url: 'http://127.0.0.1:9/' }));
  const statuses = [];
  for (const path of ['/trigger', '/check-settings/try', '/check-settings/try']) {
    statuses.push((await send('post', path, {})).status);
  }
  expect(statuses).toEqual([202, 202, 429]);
  await limited.stop();
});
