import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

/** What can be said of compose.yaml without Docker. The job "The image" of ci.yml starts it. */

const root = new URL('../../', import.meta.url);
const readText = (path: string) => readFileSync(new URL(path, root), 'utf8');
const text = readText('compose.yaml');

const environmentSchema = z.record(z.string(), z.string().nullable()).default({});
const serviceSchema = z.strictObject({
  image: z.string().optional(),
  build: z
    .strictObject({ context: z.string(), target: z.string(), args: z.record(z.string(), z.string()) })
    .optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).default([]),
  scale: z.number().optional(),
  environment: environmentSchema,
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.string().optional(), disable: z.boolean().optional() }).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
  network_mode: z.string().optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  restart: z.string().optional(),
});
const { services, volumes } = z
  .looseObject({
    services: z.strictObject({
      server: serviceSchema,
      runner: serviceSchema,
      'postgres-password-is-set': serviceSchema,
      database: serviceSchema,
    }),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(text, { merge: true }));
const { server, runner, database, 'postgres-password-is-set': passwordCheck } = services;

/** The variables of the table in docs/self-hosting.md. */
function listSettings(): string[] {
  const table = readText('docs/self-hosting.md').split('\n## Settings\n')[1]?.split('\n## ')[0] ?? '';
  const cells = [...table.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name));
}

test('no variable has to be set for Compose to read the file', () => {
  const uses = [...text.matchAll(/(?<!\$)\$\{?\w+(.{0,2})/g)].map(([use, operator]) => ({ use, operator }));
  expect(uses.length).toBeGreaterThan(5);
  expect(uses.filter(({ operator }) => operator !== ':-')).toEqual([]);
});

test('every setting of the table can be passed to the server', () => {
  const settings = listSettings();
  expect(settings).toEqual(expect.arrayContaining(['PORT', 'DATABASE_URL', 'METRICS_HOST']));
  const passed = new Set(Object.keys(server.environment));
  for (const [, name = ''] of server.ports.join().matchAll(/\$\{(\w+)/g)) {
    passed.add(name);
  }
  // The image has no embedded database.
  expect(settings.filter((name) => !passed.has(name))).toEqual(['DATA_DIR']);
});

test('a setting without a default here is passed on only where it is set', () => {
  const fixed = Object.entries(server.environment).filter(([, value]) => value !== null);
  expect(fixed.map(([name]) => name)).toEqual(['DATABASE_URL', 'PUBLIC_URL']);
});

test('a runner gets no secret but the address of the database and the key of secrets', () => {
  const secret = Object.keys(runner.environment).filter((name) => /SUPABASE|KEY|SECRET/.test(name));
  expect(secret).toEqual(['ENCRYPTION_KEY']);
  expect(runner.environment.DATABASE_URL).toBe(server.environment.DATABASE_URL);
});

test('server and runner have a read-only root and no capabilities', () => {
  for (const { build, read_only, cap_drop, security_opt, tmpfs } of [server, runner]) {
    expect({ build, read_only, cap_drop, security_opt, tmpfs }).toEqual({
      build: { context: '.', target: 'server', args: expect.any(Object) },
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: ['/tmp'],
    });
  }
});

test('the database is not published, starts before the server, and keeps its data in a named volume', () => {
  expect(database.ports).toEqual([]);
  expect(database.healthcheck?.test).toContain('pg_isready');
  expect(server.depends_on).toEqual({ database: { condition: 'service_healthy' } });
  // As of PostgreSQL 18 the image keeps its data below this folder; a volume of /var/lib/postgresql/data stays empty.
  expect(database.image).toBe('postgres:18');
  expect(database.volumes).toEqual(['database:/var/lib/postgresql']);
  expect(Object.keys(volumes)).toEqual(['database']);
});

describe('the Compose file without POSTGRES_PASSWORD', () => {
  const check = (password: string) => {
    const [program = '', ...args] = passwordCheck.entrypoint ?? [];
    // Compose makes one dollar sign of two.
    const command = passwordCheck.command.map((part) => part.replaceAll('$$', '$'));
    return spawnSync(program, [...args, ...command], {
      env: { PATH: process.env.PATH, POSTGRES_PASSWORD: password },
      encoding: 'utf8',
    });
  };

  test('has a service before the database that fails and says what to do', () => {
    expect(database.depends_on).toEqual({
      'postgres-password-is-set': { condition: 'service_completed_successfully' },
    });
    const { status, stderr } = check('');
    expect(status).toBe(1);
    expect(stderr).toBe(
      'Set POSTGRES_PASSWORD once: echo "POSTGRES_PASSWORD=$(openssl rand -hex 24)" >> .env\n',
    );
  });

  test('lets that service pass once the password is set', () => {
    expect(check('0123abcd')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });
});
