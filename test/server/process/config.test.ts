import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigError, parseConfig } from '../../../server/config.ts';

const KEYS = [Buffer.alloc(32, 1), Buffer.alloc(32, 255)];

describe('settings', () => {
  test('all have defaults', () => {
    expect(parseConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      databaseUrl: undefined,
      dataDir: resolve('.qassandra'),
      supabase: undefined,
      encryptionKeys: undefined,
      privateTargets: 'allow',
      runners: 1,
      checksAtOnce: 4,
      triggerLimit: 5_000,
      secretScanningKeysUrl: 'https://api.github.com/meta/public_keys/secret_scanning',
      trustProxy: false,
      failedAuthLimit: { perAddress: 10_000, perKeyStart: 10_000 },
      logLevel: 'info',
      metrics: undefined,
      otlpEndpoint: undefined,
      retention: { checkDays: undefined, auditLogDays: undefined },
    });
  });

  test('are all read, and an empty one counts as unset', () => {
    expect(
      parseConfig({
        HOST: '0.0.0.0',
        PORT: '8080',
        PUBLIC_URL: 'https://checks.example.com/',
        DATABASE_URL: 'postgres://u:p@db/q',
        DATA_DIR: '/var/lib/q',
        SUPABASE_URL: 'https://abc.supabase.co',
        SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x',
        SUPABASE_JWT_SECRET: 'x'.repeat(32),
        ENCRYPTION_KEY: KEYS.map((key) => key.toString('base64')).join(', '),
        RUNNERS: '0',
        CHECKS_AT_ONCE: '16',
        TRIGGER_LIMIT_PER_APP: '0',
        SECRET_SCANNING_KEYS_URL: 'https://github.example.com/api/v3/meta/public_keys/secret_scanning',
        TRUST_PROXY: '1',
        FAILED_AUTH_LIMIT_PER_ADDRESS: '50',
        FAILED_AUTH_LIMIT_PER_KEY_START: '0',
        LOG_LEVEL: 'debug',
        PRIVATE_TARGETS: '',
        METRICS_PORT: '9464',
        METRICS_HOST: '0.0.0.0',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
        CHECK_RETENTION_DAYS: '90',
        AUDIT_LOG_RETENTION_DAYS: '400',
      }),
    ).toEqual({
      host: '0.0.0.0',
      port: 8080,
      publicUrl: 'https://checks.example.com',
      databaseUrl: 'postgres://u:p@db/q',
      dataDir: '/var/lib/q',
      supabase: {
        url: 'https://abc.supabase.co',
        publishableKey: 'sb_publishable_x',
        jwtSecret: 'x'.repeat(32),
      },
      encryptionKeys: KEYS,
      privateTargets: 'deny',
      runners: 0,
      checksAtOnce: 16,
      triggerLimit: undefined,
      secretScanningKeysUrl: 'https://github.example.com/api/v3/meta/public_keys/secret_scanning',
      trustProxy: 1,
      failedAuthLimit: { perAddress: 50, perKeyStart: undefined },
      logLevel: 'debug',
      metrics: { host: '0.0.0.0', port: 9464 },
      otlpEndpoint: 'http://collector:4318',
      retention: { checkDays: 90, auditLogDays: 400 },
    });
  });

  test('normalise PUBLIC_URL to the origin that a browser sends', () => {
    expect(parseConfig({ PUBLIC_URL: 'https://Checks.Example.com:443/' }).publicUrl).toBe(
      'https://checks.example.com',
    );
  });

  test('derive PUBLIC_URL from PORT', () => {
    expect(parseConfig({ PORT: '8080' }).publicUrl).toBe('http://localhost:8080');
  });

  test('bind the metrics to loopback unless METRICS_HOST says otherwise', () => {
    expect(parseConfig({ METRICS_PORT: '9464' }).metrics).toEqual({ host: '127.0.0.1', port: 9464 });
  });

  test.each([
    ['true', true],
    ['false', false],
    ['2', 2],
    ['loopback, 10.0.0.0/8', 'loopback, 10.0.0.0/8'],
  ])('accept TRUST_PROXY=%s', (value, expected) => {
    expect(parseConfig({ TRUST_PROXY: value }).trustProxy).toBe(expected);
  });

  test.each([
    ['PORT', '-1'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '3000x'],
    ['PUBLIC_URL', 'checks.example.com'],
    ['PUBLIC_URL', 'https://checks.example.com/path'],
    ['PUBLIC_URL', 'https://checks.example.com/?a=b'],
    ['PUBLIC_URL', 'https://user@checks.example.com'],
    ['SECRET_SCANNING_KEYS_URL', 'api.github.com/meta'],
    ['SECRET_SCANNING_KEYS_URL', 'http://api.github.com/meta'],
    ['SECRET_SCANNING_KEYS_URL', 'http://127.0.0.1.example.com/meta'],
    ['SECRET_SCANNING_KEYS_URL', 'https://user:password@api.github.com/meta'],
    ['SECRET_SCANNING_KEYS_URL', 'file:///etc/passwd'],
    ['DATABASE_URL', 'mysql://db/q'],
    ['DATABASE_URL', 'postgres://u:not/encoded#@db:5432/q'],
    ['SUPABASE_URL', 'abc.supabase.co'],
    ['SUPABASE_JWT_SECRET', 'short'],
    ['SUPABASE_PUBLISHABLE_KEY', 'without the project'],
    ['ENCRYPTION_KEY', 'sesame'],
    ['ENCRYPTION_KEY', Buffer.alloc(31).toString('base64')],
    ['ENCRYPTION_KEY', Buffer.alloc(33).toString('base64')],
    ['ENCRYPTION_KEY', `${Buffer.alloc(32).toString('base64')},`],
    ['ENCRYPTION_KEY', `${'!'.repeat(43)}=`],
    ['PRIVATE_TARGETS', 'maybe'],
    ['RUNNERS', '-1'],
    ['RUNNERS', '65'],
    ['CHECKS_AT_ONCE', '0'],
    ['CHECKS_AT_ONCE', '101'],
    ['CHECKS_AT_ONCE', '2.5'],
    ['FAILED_AUTH_LIMIT_PER_ADDRESS', '-1'],
    ['FAILED_AUTH_LIMIT_PER_ADDRESS', '1.5'],
    ['FAILED_AUTH_LIMIT_PER_KEY_START', 'none'],
    ['LOG_LEVEL', 'loud'],
    ['TRUST_PROXY', 'the balancer'],
    ['TRIGGER_LIMIT_PER_APP', '-1'],
    ['TRIGGER_LIMIT_PER_APP', 'none'],
    ['METRICS_PORT', 'none'],
    ['METRICS_PORT', '3000'],
    ['METRICS_HOST', 'without the port'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['CHECK_RETENTION_DAYS', '0'],
    ['CHECK_RETENTION_DAYS', '90d'],
    ['AUDIT_LOG_RETENTION_DAYS', '36501'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(() => parseConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => parseConfig({ [name]: value })).toThrow(name);
  });

  test.each(['se/cret', '12/secret', '1?secret', '1#secret', 's@e/cret', 'secret@1/x'])(
    'refuse a DATABASE_URL with the unencoded password %s, and do not show it',
    (password) => {
      const parse = () => parseConfig({ DATABASE_URL: `postgres://ada:${password}@db.example.com/checks` });
      expect(parse).toThrow(/DATABASE_URL must be a URL: percent-encode/);
      expect(parse).not.toThrow(/cret/);
    },
  );

  test.each([
    'postgres://ada:p@ss@db.example.com/checks',
    'postgres://ada:p%2Fss@db.example.com/checks?sslmode=require',
    'postgresql:///checks?host=/var/run/postgresql',
  ])('accept the DATABASE_URL %s', (url) => {
    expect(parseConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  test('are all reported at once when they are invalid, without their values', () => {
    const env = {
      PORT: 'sesame',
      DATABASE_URL: 'sesame',
      ENCRYPTION_KEY: 'sesame',
      PRIVATE_TARGETS: 'sesame',
    };
    expect(() => parseConfig(env)).toThrow(/PORT.*\n.*DATABASE_URL.*\n.*ENCRYPTION_KEY.*\n.*PRIVATE_TARGETS/);
    expect(() => parseConfig(env)).not.toThrow(/sesame/);
  });
});
