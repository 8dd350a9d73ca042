import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CHECK_SETTINGS } from '../../../server/features/check-settings/schema.ts';
import { setUpAppAdmin } from '../../helpers/server/set-up-app-admin.ts';

const shop = setUpAppAdmin();

const put = (settings: object) => shop.admin.send('put', '/check-settings', settings);
const read = async () => (await shop.admin.send('get', '/check-settings')).body;
const readStored = async () =>
  (await shop.server.query('select settings from check_settings where app_id = $1', [shop.app.id])).rows[0]
    ?.settings;

const EVERYTHING = {
  max_pages: 200,
  max_depth: 0,
  time_limit_seconds: 10,
  page_timeout_seconds: 120,
  requests_at_once: 32,
  include: ['/shop/**'],
  exclude: [],
  external_links: true,
  fragments: true,
  headers: { 'X-Vercel-Protection-Bypass': '{{BYPASS}}', 'x-vercel-set-bypass-cookie': 'true' },
  basic_auth: { username: 'preview', password: '{{ PASSWORD }}' },
  trusted_origins: ['https://shop-*-acme.vercel.app', 'http://127.0.0.1:8080'],
  user_agent_suffix: 'preview ({{BYPASS}})',
  links: false,
};

describe('check settings', () => {
  test('have all defaults until somebody changes them', async () => {
    expect(await read()).toEqual(DEFAULT_CHECK_SETTINGS);
    expect(DEFAULT_CHECK_SETTINGS).toMatchObject({ max_pages: 5_000, max_depth: null, requests_at_once: 8 });
    expect(DEFAULT_CHECK_SETTINGS.exclude.length).toBeGreaterThan(0);
  });

  test('are replaced as a whole: an absent field gets its default again', async () => {
    await shop.admin.setSecrets({ BYPASS: 'open sesame', PASSWORD: 'hunter2' });
    const { status, body } = await put(EVERYTHING);
    expect([status, body]).toEqual([200, EVERYTHING]);
    expect(await read()).toEqual(EVERYTHING);
    expect((await put({ max_pages: 10 })).body).toEqual({ ...DEFAULT_CHECK_SETTINGS, max_pages: 10 });
    expect(await read()).toEqual({ ...DEFAULT_CHECK_SETTINGS, max_pages: 10 });
  });

  test('are stored as differences, so that sending back what was read changes nothing', async () => {
    await put({ ...DEFAULT_CHECK_SETTINGS, max_pages: 7, basic_auth: null });
    expect(await readStored()).toEqual({ max_pages: 7 });
    const events = await shop.admin.listAuditEvents();
    await put(await read());
    expect(await readStored()).toEqual({ max_pages: 7 });
    expect(await shop.admin.listAuditEvents()).toEqual(events);
    await put({});
    expect(await readStored()).toEqual({});
  });

  test('are noted in the audit log with the fields that changed, and without their values', async () => {
    await shop.admin.setSecrets({ TOKEN: 'open sesame' });
    await put({ max_pages: 7, headers: { 'X-Token': '{{TOKEN}}', 'X-Team': 'blue-team' } });
    await put({ max_pages: 8, headers: { 'X-Token': '{{TOKEN}}', 'X-Team': 'blue-team' } });
    const events = await shop.admin.listAuditEvents();
    const changes = events.filter(({ action }) => action === 'check_settings.changed');
    expect(changes.map(({ changed_fields }) => changed_fields)).toEqual([
      ['max_pages'],
      ['max_pages', 'headers'],
    ]);
    expect(changes[0]).toMatchObject({ actor: { type: 'user', email: 'admin@localhost' }, ip: '127.0.0.1' });
    expect(JSON.stringify(events)).not.toMatch(/blue-team|open sesame/);
  });

  test('end as one of several simultaneous changes, with the secrets of that change in use', async () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    await shop.admin.setSecrets(Object.fromEntries(names.map((name) => [name, 'open sesame'])));
    const answers = await Promise.all(names.map((name) => put({ headers: { 'X-Token': `{{${name}}}` } })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const [, last] = /\{\{(.)\}\}/.exec((await read()).headers['X-Token']) ?? [];
    const { rows } = await shop.server.query('select name, path from secret_uses where app_id = $1', [
      shop.app.id,
    ]);
    expect(rows).toEqual([{ name: last, path: 'headers.X-Token' }]);
    const events = await shop.admin.listAuditEvents();
    expect(events.filter(({ action }) => action === 'check_settings.changed')).toHaveLength(5);
  });

  test('are deleted with their app', async () => {
    await shop.admin.setSecrets({ TOKEN: 'open sesame' });
    await put({ headers: { 'X-Token': '{{TOKEN}}' } });
    expect((await shop.admin.send('delete', '')).status).toBe(204);
    const { rows } = await shop.server.query(
      `select (select count(*) from secrets where app_id = $1)::integer
         + (select count(*) from check_settings where app_id = $1)::integer as left`,
      [shop.app.id],
    );
    expect(rows).toEqual([{ left: 0 }]);
  });
});

const NOT_READABLE =
  'must not be readable by viewers: store it as a secret of the app and write {{NAME}} here';

describe('a change', () => {
  test.each<[string, object, readonly (readonly [path: string, message: string])[]]>([
    [
      'for unknown fields',
      { max_page: 3, 'max pages': 3 },
      [
        ['max_page', 'is not a known field'],
        ['max pages', 'is not a known field'],
      ],
    ],
    [
      'for numbers out of their range',
      { max_pages: 0, max_depth: -1, time_limit_seconds: 9, page_timeout_seconds: 1.5, requests_at_once: 33 },
      [
        ['max_pages', 'must be a whole number from 1 to 50000'],
        ['max_depth', 'must be a whole number from 0 to 1000'],
        ['time_limit_seconds', 'must be a whole number from 10 to 3600'],
        ['page_timeout_seconds', 'must be a whole number from 1 to 120'],
        ['requests_at_once', 'must be a whole number from 1 to 32'],
      ],
    ],
    [
      'for values of another type',
      { links: 'yes', max_pages: '3', include: '/shop' },
      [
        ['max_pages', 'must be a whole number from 1 to 50000'],
        ['include', 'must be one array'],
        ['links', 'must be one boolean'],
      ],
    ],
    [
      'for patterns that are empty, too long or too many',
      { include: ['', 'x'.repeat(501)], exclude: Array.from({ length: 101 }, () => '/a') },
      [
        ['include.0', 'must not be empty'],
        ['include.1', 'must have at most 500 characters'],
        ['exclude', 'must have at most 100 patterns'],
      ],
    ],
    [
      'for headers that no client could send',
      { headers: { 'X Team': 'blue', 'X-Team': 'blue\r\nX-Evil: 1', 'X-Nul': 'a\0b', 'X-Sign': '✓' } },
      [
        ['headers.X Team', 'is not the name of a header'],
        ['headers.X-Team', 'must be one line of Latin-1 text, without spaces at its ends'],
        ['headers.X-Nul', 'must be one line of Latin-1 text, without spaces at its ends'],
        ['headers.X-Sign', 'must be one line of Latin-1 text, without spaces at its ends'],
      ],
    ],
    [
      'for headers that the check sets itself',
      {
        headers: {
          Host: 'evil.example',
          'Proxy-Authorization': 'x',
          'If-None-Match': '*',
          'User-Agent': 'x',
        },
      },
      [
        ['headers.Host', 'is set by the check itself: leave it out'],
        ['headers.Proxy-Authorization', 'is set by the check itself: leave it out'],
        ['headers.If-None-Match', 'is set by the check itself: leave it out'],
        ['headers.User-Agent', 'is set by the check: use user_agent_suffix to add to it'],
        ['headers.Proxy-Authorization', NOT_READABLE],
      ],
    ],
    [
      'for a header that is there twice',
      { headers: { 'X-Team': 'blue', 'x-team': 'red' } },
      [['headers.x-team', 'is given twice, in different case']],
    ],
    [
      'for credentials in plain text',
      {
        headers: {
          'x-api-key': 'k',
          Cookie: 'session=1',
          'CF-Access-Client-Secret': 's',
          'X-Keyboard': 'de',
        },
        basic_auth: { username: 'ada', password: 'hunter2' },
      },
      [
        ['headers.x-api-key', NOT_READABLE],
        ['headers.Cookie', NOT_READABLE],
        ['headers.CF-Access-Client-Secret', NOT_READABLE],
        ['basic_auth.password', NOT_READABLE],
      ],
    ],
    [
      'for two kinds of authorization',
      { headers: { Authorization: 'Bearer {{A}}' }, basic_auth: { username: '{{A}}', password: '' } },
      [['headers.Authorization', 'is also set by basic_auth: give one of the two']],
    ],
    [
      'for a user name with a colon, and a suffix that is no ASCII',
      { basic_auth: { username: 'a:b', password: '{{A}}', realm: 'x' }, user_agent_suffix: 'é' },
      [
        ['basic_auth.username', 'must be one line of text without a colon'],
        ['basic_auth.realm', 'is not a known field'],
        ['user_agent_suffix', 'must be visible ASCII characters'],
      ],
    ],
    [
      'for origins that are none',
      {
        trusted_origins: [
          'shop.example.com',
          'https://shop.example.com/',
          'https://*/x',
          'https://a@b.example',
          '',
        ],
      },
      [0, 1, 2, 3, 4].map((index) => [
        `trusted_origins.${index}`,
        'must be an origin like https://shop-*.example.com: no path, stars within the host only',
      ]),
    ],
    [
      'for origins with many stars',
      { trusted_origins: ['https://*a*a*.example.com'] },
      [['trusted_origins.0', 'must have at most 2 stars']],
    ],
    [
      'for references that are none',
      { headers: { 'X-Team': 'a {{token}} b {{}}' } },
      [
        [
          'headers.X-Team',
          'has {{token}}, which is not the name of a secret: names have only A-Z, 0-9 and _',
        ],
        ['headers.X-Team', 'has {{}}, which is not the name of a secret: names have only A-Z, 0-9 and _'],
      ],
    ],
    [
      'for secrets that the app does not have',
      { headers: { 'X-Token': '{{GONE}}-{{GONE}}' }, user_agent_suffix: '{{AWAY}}' },
      [
        ['headers.X-Token', 'refers to GONE, which is not a secret of the app: set it first'],
        ['user_agent_suffix', 'refers to AWAY, which is not a secret of the app: set it first'],
      ],
    ],
  ])('is refused %s, and each error names its field', async (_case, settings, errors) => {
    for (const send of [put, (body: object) => shop.admin.send('post', '/check-settings/try', body)]) {
      const { status, body } = await send(settings);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      expect(body.errors.map(({ path, message }: Record<string, string>) => [path, message])).toEqual(errors);
    }
    expect(await read()).toEqual(DEFAULT_CHECK_SETTINGS);
    expect((await shop.server.query('select from checks where app_id = $1', [shop.app.id])).rowCount).toBe(0);
  });

  test('is refused for more than 50 headers', async () => {
    const headers = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`X-${index}`, 'x']));
    expect((await put({ headers })).body.errors).toEqual([
      { path: 'headers', message: 'must have at most 50 headers' },
    ]);
  });

  test('is refused for a body over 64 KiB', async () => {
    expect((await put({ include: Array.from({ length: 100 }, () => 'é'.repeat(400)) })).status).toBe(413);
  });
});
