import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asAdmin, trigger, withKey } from '../../helpers/network/requests.ts';
import { startTestServer, type TestServer } from '../../helpers/server/server.ts';

describe('apps', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { RUNNERS: '1' } });
  });
  afterAll(() => server.stop());

  const add = (body: object) => asAdmin(server, 'post', '/api/apps').send(body);

  test('adds an app by its name alone', async () => {
    const me = (await asAdmin(server, 'get', '/api/me')).body;
    const answer = await add({ name: 'My Äpp (prod)' });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`/api/apps/${answer.body.id}`);
    expect(answer.body).toEqual({
      id: expect.any(String),
      alias: 'my-app-prod',
      name: 'My Äpp (prod)',
      url: null,
      main_branch: 'main',
      repository_url: null,
      organization_id: me.organizations[0].id,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  test('keeps every field of an app', async () => {
    const given = {
      name: 'Given',
      alias: 'given-1',
      url: 'https://shop.example/',
      main_branch: 'trunk',
      repository_url: 'https://github.com/acme/shop',
    };
    const { body } = await add(given);
    expect(body).toMatchObject(given);
    expect((await asAdmin(server, 'get', `/api/apps/${body.id}`)).body).toEqual(body);
    expect((await asAdmin(server, 'get', '/api/apps/given-1')).body).toEqual(body);
    expect((await asAdmin(server, 'get', `/api/apps/${body.id.toUpperCase()}`)).body).toEqual(body);
  });

  test.each([
    ['日本', /^app$/],
    ['x', /^app-x$/],
    ['---', /^app-\d$/],
    ['a'.repeat(80), /^a{40}$/],
    ['123e4567-e89b-42d3-a456-426614174000', /^app-123e4567-e89b-42d3-a$/],
  ])('makes an alias from the name %s', async (name, alias) => {
    expect((await add({ name })).body.alias).toMatch(alias);
  });

  test('numbers an alias that is taken instead of failing', async () => {
    const aliases: string[] = [];
    for (let count = 0; count < 8; count += 1) {
      aliases.push((await add({ name: 'Twin' })).body.alias);
    }
    expect(aliases.slice(0, 6)).toEqual(['twin', 'twin-2', 'twin-3', 'twin-4', 'twin-5', 'twin-6']);
    expect(aliases[6]).toMatch(/^twin-[0-9a-f]{8}$/);
    expect(new Set(aliases).size).toBe(8);
  });

  test('refuses an alias that is taken with a 409', async () => {
    await add({ name: 'One', alias: 'one' });
    const second = await add({ name: 'Other', alias: 'one' });
    expect([second.status, second.body.code]).toEqual([409, 'alias_taken']);
    const other = await add({ name: 'Other' });
    const changed = await asAdmin(server, 'patch', `/api/apps/${other.body.id}`).send({ alias: 'one' });
    expect([changed.status, changed.body.code]).toEqual([409, 'alias_taken']);
  });

  test.each([
    [{}, 'name'],
    [{ name: ' ' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'Sh\u200Bop' }, 'name'],
    [{ name: 'Shop \u202Egpj' }, 'name'],
    [{ name: 'Shop\u200F' }, 'name'],
    [{ name: 'S\u00ADhop' }, 'name'],
    [{ name: 'a\u200Db' }, 'name'],
    [{ name: '\u3164' }, 'name'],
    [{ name: '\u2800' }, 'name'],
    [{ name: 'Shop\u{E0041}' }, 'name'],
    [{ name: 'a', alias: 'A' }, 'alias'],
    [{ name: 'a', alias: 'a' }, 'alias'],
    [{ name: 'a', alias: 'x'.repeat(41) }, 'alias'],
    [{ name: 'a', alias: '123e4567-e89b-42d3-a456-426614174000' }, 'alias'],
    [{ name: 'a', url: 'shop.example' }, 'url'],
    [{ name: 'a', url: 'javascript:alert(1)' }, 'url'],
    [{ name: 'a', main_branch: '' }, 'main_branch'],
    [{ name: 'a', repository_url: 'javascript:alert(1)' }, 'repository_url'],
    [{ name: 'a', organization_id: 'mine' }, 'organization_id'],
  ])('refuses %j with a 400 that names %s', async (body, path) => {
    const answer = await add(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.errors).toContainEqual({ path, message: expect.any(String) });
  });

  test.each(['נקודה 12', 'نمی\u200Cخواهم', 'ශ්\u200Dරී', '👩\u200D💻 ❤\uFE0F 🏴󠁧󠁢󠁥󠁮󠁧󠁿', '#1 @team | "<b>"'])(
    'keeps the name %s as written',
    async (name) => {
      const added = await add({ name });
      expect([added.status, added.body.name]).toEqual([201, name]);
      expect((await asAdmin(server, 'patch', `/api/apps/${added.body.id}`).send({ name })).body.name).toBe(
        name,
      );
    },
  );

  test('names the invisible character of a name that it refuses', async () => {
    const { body: app } = await add({ name: 'Seen' });
    const answer = await asAdmin(server, 'patch', `/api/apps/${app.id}`).send({ name: 'Se\u200Ben' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { path: 'name', message: 'must not have the invisible character U+200B' },
    ]);
  });

  test.each(['organization_id', 'id', 'created_at', 'nmae'])(
    'refuses a change of %s, which cannot be changed, and changes nothing',
    async (field) => {
      const { body: app } = await add({ name: 'Kept' });
      const path = `/api/apps/${app.id}`;
      const other = '123e4567-e89b-42d3-a456-426614174000';
      const answer = await asAdmin(server, 'patch', path).send({ name: 'Changed', [field]: other });
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
      const message = 'cannot be changed: only name, url, alias, main_branch, repository_url can';
      expect(answer.body.errors).toEqual([{ path: field, message }]);
      expect(answer.body.detail).toContain(`${field}: cannot be changed`);
      expect((await asAdmin(server, 'get', path)).body).toEqual(app);
    },
  );

  test('refuses an organization that the user does not belong to with a 404', async () => {
    const answer = await add({ name: 'a', organization_id: '123e4567-e89b-42d3-a456-426614174000' });
    expect([answer.status, answer.body.code]).toEqual([404, 'organization_not_found']);
  });

  test('asks for the organization when the user belongs to several', async () => {
    const user = (await asAdmin(server, 'get', '/api/me')).body.user;
    const { rows } = await server.query(
      `with second as (insert into organizations (name) values ('second') returning id)
       insert into members (organization_id, user_id, role) select id, $1, 'admin' from second returning organization_id`,
      [user.id],
    );
    const answer = await add({ name: 'a' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe('organization_id');
    const chosen = await add({ name: 'a', organization_id: rows[0]?.organization_id });
    expect([chosen.status, chosen.body.organization_id]).toEqual([201, rows[0]?.organization_id]);
    await server.query('delete from organizations where id = $1', [rows[0]?.organization_id]);
  });

  test('changes the given fields and leaves the rest', async () => {
    const { body: app } = await add({ name: 'Before', url: 'https://before.example/' });
    const change = async (body: object) =>
      (await asAdmin(server, 'patch', `/api/apps/${app.alias}`).send(body)).body;
    expect(await change({ name: 'After' })).toEqual({ ...app, name: 'After' });
    expect(await change({ url: null })).toEqual({ ...app, name: 'After', url: null });
    const repository_url = 'https://github.com/acme/shop';
    expect(await change({ repository_url })).toEqual({ ...app, name: 'After', url: null, repository_url });
    expect(await change({ repository_url: null })).toEqual({ ...app, name: 'After', url: null });
    expect(await change({})).toEqual({ ...app, name: 'After', url: null });
  });

  test('lists the apps of the user’s organizations by name', async () => {
    await add({ name: 'AAA first' });
    const names = (await asAdmin(server, 'get', '/api/apps')).body.apps.map(
      ({ name }: { name: string }) => name,
    );
    expect(names.indexOf('AAA first')).toBeLessThan(names.indexOf('My Äpp (prod)'));
  });

  test('lists each app with the result of its last check', async () => {
    const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    const last = async () =>
      (await asAdmin(server, 'get', '/api/apps')).body.apps.find(({ id }: { id: string }) => id === app.id)
        .last_check;
    expect(await last()).toBeNull();
    await trigger(server, app);
    const id = await trigger(server, app);
    const path = `/api/apps/${app.id}/checks/${id}`;
    const { body: check } = await asAdmin(server, 'get', `${path}?wait=20`);
    expect(check.conclusion).toBe('error');
    expect(await last()).toEqual({
      id,
      status: 'failed',
      conclusion: 'error',
      incomplete: null,
      created_at: check.created_at,
    });
  });

  test('removes an app without a server error while it is triggered and its key is replaced', async () => {
    for (let round = 0; round < 15; round += 1) {
      const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
      const answers = await Promise.all([
        ...Array.from({ length: 6 }, () => withKey(server, app, 'post', '/trigger').send({})),
        asAdmin(server, 'post', `/api/apps/${app.id}/api-key`),
        asAdmin(server, 'patch', `/api/apps/${app.id}`).send({ name: 'Renamed' }),
        asAdmin(server, 'delete', `/api/apps/${app.id}`),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
      expect(answers.at(-1)?.status).toBe(204);
    }
  }, 60_000);

  test('removes the key and the checks of a removed app', async () => {
    const app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    expect((await asAdmin(server, 'delete', `/api/apps/${app.alias}`)).status).toBe(204);
    expect((await asAdmin(server, 'get', `/api/apps/${app.alias}`)).status).toBe(404);
    const { rows } = await server.query('select from api_keys where app_id = $1', [app.id]);
    expect(rows).toEqual([]);
  });
});
