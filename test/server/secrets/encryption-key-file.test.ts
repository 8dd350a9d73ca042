import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../server/config.ts';
import { openEncryptionKeys } from '../../../server/features/secrets/open-encryption-keys.ts';

describe('the key of an embedded database', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'qassandra-key-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  const open = (overrides = {}) =>
    openEncryptionKeys({ encryptionKeys: undefined, databaseUrl: undefined, dataDir, ...overrides });
  const file = () => join(dataDir, 'encryption-key');

  test('is made once, in a file that only its owner can read', async () => {
    const [key] = await open();
    expect(key).toHaveLength(32);
    expect(await open()).toEqual([key]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readFile(file(), 'utf8')).toBe(`${Buffer.from(key ?? []).toString('base64')}\n`);
  });

  test('is the same for all processes that start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect(new Set(keys.map(([key]) => Buffer.from(key ?? []).toString('hex'))).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['encryption-key']);
  });

  test('is not made if ENCRYPTION_KEY is set, or the database is external', async () => {
    const encryptionKeys = [Buffer.alloc(32, 7)];
    expect(await open({ encryptionKeys })).toEqual(encryptionKeys);
    expect(await open({ databaseUrl: 'postgres://db.example/app' })).toEqual([]);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test.each([
    '',
    'c2hvcnQ=',
    `${Buffer.alloc(32).toString('base64')},${Buffer.alloc(32, 1).toString('base64')}`,
  ])('is refused, without showing the file’s content, if its file holds no key', async (text) => {
    await writeFile(file(), text);
    const refused = await open().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    expect(String(refused)).toContain(file());
    expect(text !== '' && String(refused).includes(text)).toBe(false);
    expect(await readFile(file(), 'utf8')).toBe(text);
  });

  test('is refused if the folder cannot be written', async () => {
    await writeFile(join(dataDir, 'no-folder'), '');
    const refused = await open({ dataDir: join(dataDir, 'no-folder') }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    expect(String(refused)).toContain('ENOTDIR');
  });
});
