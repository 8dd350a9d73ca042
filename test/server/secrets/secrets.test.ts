import { describe, expect, test } from '@jest/globals';
import { createAppAdmin } from '../../helpers/network/app-admin.ts';
import { startTestServer } from '../../helpers/server/server.ts';
import { setUpAppAdmin } from '../../helpers/server/set-up-app-admin.ts';

const shop = setUpAppAdmin();

const set = (name: string, value: unknown = 'open sesame') =>
  shop.admin.send('put', `/secrets/${name}`, { value });
const list = async () => (await shop.admin.send('get', '/secrets')).body.secrets;

describe('secrets', () => {
  test('are listed by name, with who set them and where they are used, and without their values', async () => {
    expect(await list()).toEqual([]);
    await shop.admin.setSecrets({ TOKEN: 'open sesame', A_1: 'x', _PASSWORD: 'y' });
    await shop.admin.setSettings({
      headers: { 'X-Token': 'a {{TOKEN}}' },
      basic_auth: { username: '{{TOKEN}}', password: '{{_PASSWORD}}' },
    });
    const updated_at = expect.stringMatching(/^\d{4}-.*Z$/);
    const updated_by = { id: expect.any(String), email: 'admin@localhost' };
    expect(await list()).toEqual([
      { name: 'A_1', updated_at, updated_by, used_in: [] },
      { name: 'TOKEN', updated_at, updated_by, used_in: ['basic_auth.username', 'headers.X-Token'] },
      { name: '_PASSWORD', updated_at, updated_by, used_in: ['basic_auth.password'] },
    ]);
  });

  test('can be changed, also while they are used', async () => {
    await set('TOKEN');
    await shop.admin.setSettings({ headers: { 'X-Token': '{{TOKEN}}' } });
    const [before] = await list();
    const { status, text } = await set('TOKEN', 'another');
    expect([status, text]).toEqual([204, '']);
    const [after] = await list();
    expect(Date.parse(after.updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
    expect(after.used_in).toEqual(['headers.X-Token']);
  });

  test('are removed only if they are not used', async () => {
    await shop.admin.setSecrets({ TOKEN: 'open sesame', SPARE: 'open sesame' });
    await shop.admin.setSettings({ headers: { 'X-Token': '{{TOKEN}}' } });
    const refused = await shop.admin.send('delete', '/secrets/TOKEN');
    expect([refused.status, refused.body.code]).toEqual([409, 'secret_in_use']);
    expect(refused.body.detail).toContain('headers.X-Token');
    expect((await shop.admin.send('delete', '/secrets/SPARE')).status).toBe(204);
    await shop.admin.setSettings({});
    expect((await shop.admin.send('delete', '/secrets/TOKEN')).status).toBe(204);
    expect(await list()).toEqual([]);
    for (const name of ['TOKEN', 'token', '%00', 'x'.repeat(200)]) {
      const gone = await shop.admin.send('delete', `/secrets/${name}`);
      expect([gone.status, gone.body.code]).toEqual([404, 'secret_not_found']);
    }
  });

  test('are either removed or used, never both, when both are requested at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      await set('TOKEN');
      const [used, removed] = await Promise.all([
        shop.admin.send('put', '/check-settings', { headers: { 'X-Token': '{{TOKEN}}' } }),
        shop.admin.send('delete', '/secrets/TOKEN'),
      ]);
      expect([
        [200, 409],
        [400, 204],
      ]).toContainEqual([used.status, removed.status]);
      await shop.admin.setSettings({});
    }
  });

  test.each([
    ['a lower case letter', 'token'],
    ['a digit at the start', '1TOKEN'],
    ['a hyphen', 'MY-TOKEN'],
    ['the prefix of GitHub’s own', 'GITHUB_TOKEN'],
    ['101 characters', 'A'.repeat(101)],
    ['a NUL', 'A%00'],
  ])('are refused for %s in their name', async (_case, name) => {
    const { status, body } = await set(name);
    expect([status, body.errors[0].path]).toEqual([400, 'name']);
  });

  test.each([
    ['that is empty', '', 'must not be empty'],
    ['that is missing', undefined, 'is required'],
    ['of another type', 7, 'must be one string'],
    ['with a NUL', 'secret-value\0', 'must be well-formed text without NUL characters'],
    ['that is too long', 'é'.repeat(24 * 1024 + 1), 'must have at most 49152 bytes of UTF-8'],
  ])('are refused for a value %s, which is not repeated', async (_case, value, message) => {
    const { status, body, text } = await shop.admin.send('put', '/secrets/TOKEN', { value });
    expect(status).toBe(400);
    expect(body.errors).toContainEqual({ path: 'value', message });
    expect(text).not.toContain('secret-value');
    expect(await list()).toEqual([]);
  });

  test('may have 48 KiB of any characters', async () => {
    expect((await set('LONG', '\u0001'.repeat(48 * 1024))).status).toBe(204);
  });

  test('are limited to 100, also when they are set at once', async () => {
    const names = Array.from({ length: 98 }, (_, index) => `N${index}`);
    await shop.admin.setSecrets(Object.fromEntries(names.map((name) => [name, 'open sesame'])));
    const answers = await Promise.all(['A', 'B', 'C', 'D'].map((name) => set(name)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 204, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('too_many_secrets');
    expect(await list()).toHaveLength(100);
    expect((await set('N0', 'another')).status).toBe(204);
    await shop.admin.send('delete', '/secrets/N50');
    expect((await set('E')).status).toBe(204);
    expect((await set('F')).status).toBe(409);
  });

  test('are noted in the audit log when they are set and removed, by name', async () => {
    await set('TOKEN');
    await shop.admin.send('delete', '/secrets/TOKEN');
    const events = (await shop.admin.listAuditEvents()).slice(0, 2);
    expect(events).toMatchObject([
      {
        action: 'secret.removed',
        secret_name: 'TOKEN',
        actor: { email: 'admin@localhost' },
        ip: '127.0.0.1',
      },
      { action: 'secret.set', secret_name: 'TOKEN', changed_fields: null },
    ]);
    expect(JSON.stringify(events)).not.toContain('open sesame');
  });
});

test('a server without a key of its own refuses secrets, and says how to make one', async () => {
  const without = await startTestServer({ env: { ENCRYPTION_KEY: '' } });
  const { send } = createAppAdmin(without, await without.createApp());
  const { status, body } = await send('put', '/secrets/TOKEN', { value: 'open sesame' });
  expect([status, body.code]).toEqual([409, 'encryption_key_missing']);
  expect(body.detail).toContain('openssl rand -base64 32');
  await without.stop();
});
