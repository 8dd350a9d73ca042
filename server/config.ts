import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

export interface Config {
  readonly host: string;
  readonly port: number;
  /** The URL at which users reach the server, without a trailing slash. */
  readonly publicUrl: string;
  /** `undefined`: an embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** `undefined`: local sign-in. */
  readonly supabase:
    | {
        readonly url: string;
        /** `undefined`: existing sessions are accepted, but nobody can sign in here. */
        readonly publishableKey: string | undefined;
        readonly jwtSecret: string | undefined;
      }
    | undefined;
  readonly privateTargets: 'allow' | 'deny';
  /** The keys that encrypt secrets, the newest first; `undefined`: not set. */
  readonly encryptionKeys: readonly Buffer[] | undefined;
  /** How many runner processes the server starts. */
  readonly runners: number;
  /** How many checks each runner runs at the same time. */
  readonly checksAtOnce: number;
  /** Maximum triggers per app and hour; `undefined`: no limit. */
  readonly triggerLimit: number | undefined;
  /** The commit or tag of the action that workflows of the dashboard name; `undefined`: the commit of this build. */
  readonly actionRef: string | undefined;
  /** URL of the public keys that verify GitHub's reports of leaked API keys. */
  readonly secretScanningKeysUrl: string;
  /** Express's `trust proxy`. */
  readonly trustProxy: boolean | number | string;
  /** Failed attempts per minute before authentication is refused; `undefined`: no limit. */
  readonly failedAuthLimit: {
    readonly perAddress: number | undefined;
    readonly perKeyStart: number | undefined;
  };
  readonly logLevel: z.infer<typeof logLevelSchema>;
  /** Address that Prometheus scrapes; `undefined`: no metrics. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Base URL of an OTLP/HTTP collector; `undefined`: no traces. */
  readonly otlpEndpoint: string | undefined;
  /** How long ended checks and audit events are kept, in days; `undefined`: until their app is deleted. */
  readonly retention: {
    readonly checkDays: number | undefined;
    readonly auditLogDays: number | undefined;
  };
}

/** Invalid settings. The message names every problem, one per line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const logLevelSchema = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

const originSchema = z
  .url({ protocol: /^https?$/, hostname: /^.+$/, error: 'must be an absolute http or https URL' })
  .refine((value) => isOrigin(URL.parse(value)), {
    error: 'must be an origin: no path, query or user name, like https://checks.example.com',
  })
  .transform((value) => new URL(value).origin);

function isOrigin(url: URL | null): boolean {
  return url !== null && url.href === `${url.origin}/`;
}

/**
 * A password with an unencoded `/`, `?` or `#` ends the host too early. The rest of it, with the `@`, then follows the
 * host.
 */
function isDatabaseUrl(value: string): boolean {
  return URL.canParse(value) && !/^[a-z]+:\/\/[^/?#]*[/?#].*@/.test(value);
}

/** Express's values: a boolean, how many proxies to trust, or the addresses of the trusted proxies. */
const trustProxySchema = z
  .string()
  .refine(
    (value) => /^(true|false|\d+)$/.test(value) || value.split(',').every((part) => isProxy(part.trim())),
    {
      error: 'must be true, false, a number of proxies, or their addresses separated by commas',
    },
  )
  .transform((value) => {
    if (value === 'true' || value === 'false') {
      return value === 'true';
    }
    return /^\d+$/.test(value) ? Number(value) : value;
  });

function isProxy(value: string): boolean {
  return (
    /^(loopback|linklocal|uniquelocal)$/.test(value) || ipaddr.isValid(value) || ipaddr.isValidCIDR(value)
  );
}

/** A whole number from `lowest` to `highest`, written in digits. */
function createNumberSchema(lowest: number, highest: number, error: string) {
  return z
    .string()
    .regex(/^\d{1,5}$/, { error })
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, { error });
}

const portSchema = createNumberSchema(1, 65_535, 'must be a port number from 1 to 65535');
const runnersSchema = createNumberSchema(0, 64, 'must be a whole number from 0 to 64');
const checksAtOnceSchema = createNumberSchema(1, 100, 'must be a whole number from 1 to 100');
// Not 0: rows kept for 0 days could be deleted before anyone reads them.
const daysSchema = createNumberSchema(1, 36_500, 'must be a whole number of days from 1 to 36500');

const GITHUB_KEYS_URL = 'https://api.github.com/meta/public_keys/secret_scanning';

/**
 * The keys at this URL decide which reports are trusted. Require https, so that nobody on the network can replace them.
 */
const keysUrlSchema = z
  .url({ protocol: /^https?$/, hostname: /^.+$/, error: 'must be an absolute https URL' })
  .refine((value) => isSecureUrl(URL.parse(value)), {
    error: 'must be https, without a user name; http is for loopback only',
  })
  .transform((value) => new URL(value).href);

function isSecureUrl(url: URL | null): boolean {
  if (url === null || url.username !== '' || url.password !== '') {
    return false;
  }
  return url.protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

/** 32 bytes in base64. */
const ENCRYPTION_KEY = /^[A-Za-z0-9+/_-]{43}=?$/;

/** Reads keys that are separated by commas; `undefined` if one of them is malformed. */
export function parseEncryptionKeys(text: string): Buffer[] {
  const keys = text.split(',').map((key) => key.trim());
  return keys.every((key) => ENCRYPTION_KEY.test(key)) ? keys.map((key) => Buffer.from(key, 'base64')) : [];
}

const encryptionKeysSchema = z
  .string()
  .transform(parseEncryptionKeys)
  .refine((keys) => keys.length > 0, {
    error:
      'must be 32 bytes in base64, as "openssl rand -base64 32" prints them, or several of those separated by commas',
  });

/** A limit, by default `usual`; 0 means no limit and becomes `undefined`. */
function createLimitSchema(usual: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be a whole number up to 999999999, or 0 for no limit' })
    .default(String(usual))
    .transform((value) => (Number(value) === 0 ? undefined : Number(value)));
}

/**
 * Failures per minute. High enough for several matrices of 256 jobs (GitHub's largest) that keep using a removed key
 * from one address.
 */
const FAILED_AUTH_LIMIT = 10_000;

/** Triggers per app and hour, which may all come at once: far more than CI makes, and few enough to end a loop. */
const TRIGGER_LIMIT = 5_000;

const settingsSchema = z
  .object({
    PORT: portSchema.default(3000),
    HOST: z.string().default('127.0.0.1'),
    PUBLIC_URL: originSchema.optional(),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, { abort: true, error: 'must start with postgres:// or postgresql://' })
      .refine(isDatabaseUrl, {
        error:
          'must be a URL: percent-encode special characters in its user and password, like %40 for @, %2F for / and %23 for #',
      })
      .optional(),
    DATA_DIR: z.string().default('.qassandra'),
    SUPABASE_URL: originSchema.optional(),
    SUPABASE_PUBLISHABLE_KEY: z.string().optional(),
    SUPABASE_JWT_SECRET: z.string().min(32, { error: 'must have at least 32 characters' }).optional(),
    ENCRYPTION_KEY: encryptionKeysSchema.optional(),
    PRIVATE_TARGETS: z.enum(['allow', 'deny'], { error: 'must be allow or deny' }).optional(),
    RUNNERS: runnersSchema.default(1),
    CHECKS_AT_ONCE: checksAtOnceSchema.default(4),
    TRIGGER_LIMIT_PER_APP: createLimitSchema(TRIGGER_LIMIT),
    ACTION_REF: z
      .string()
      .regex(/^[\w./-]{1,255}$/, { error: 'must be a commit, a tag or a branch of the action, like v1.2.3' })
      .optional(),
    SECRET_SCANNING_KEYS_URL: keysUrlSchema.default(GITHUB_KEYS_URL),
    TRUST_PROXY: trustProxySchema.default(false),
    FAILED_AUTH_LIMIT_PER_ADDRESS: createLimitSchema(FAILED_AUTH_LIMIT),
    FAILED_AUTH_LIMIT_PER_KEY_START: createLimitSchema(FAILED_AUTH_LIMIT),
    LOG_LEVEL: z
      .enum(logLevelSchema.options, { error: `must be one of ${logLevelSchema.options.join(', ')}` })
      .default('info'),
    METRICS_PORT: portSchema.optional(),
    METRICS_HOST: z.string().optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .url({ protocol: /^https?$/, hostname: /^.+$/, error: 'must be an absolute http or https URL' })
      .optional(),
    CHECK_RETENTION_DAYS: daysSchema.optional(),
    AUDIT_LOG_RETENTION_DAYS: daysSchema.optional(),
  })
  .superRefine((settings, context) => {
    if (settings.METRICS_HOST !== undefined && settings.METRICS_PORT === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['METRICS_HOST'],
        message: 'has no use without METRICS_PORT',
      });
    }
    if (settings.METRICS_PORT === settings.PORT) {
      context.addIssue({
        code: 'custom',
        path: ['METRICS_PORT'],
        message: 'must be a different port than PORT',
      });
    }
    for (const name of ['SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_JWT_SECRET'] as const) {
      if (settings[name] !== undefined && settings.SUPABASE_URL === undefined) {
        context.addIssue({ code: 'custom', path: [name], message: 'has no use without SUPABASE_URL' });
      }
    }
  });

export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape);

/**
 * Reads the settings from environment variables; an empty variable counts as unset. docs/self-hosting.md lists them
 * all: change its table too. Throws a `ConfigError` that names every problem. No message repeats a value: it may be a
 * secret.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
    throw new ConfigError(['These settings need a change:', ...problems].join('\n'));
  }
  const settings = parsed.data;
  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL ?? `http://localhost:${settings.PORT}`,
    databaseUrl: settings.DATABASE_URL,
    dataDir: resolve(settings.DATA_DIR),
    supabase:
      settings.SUPABASE_URL === undefined
        ? undefined
        : {
            url: settings.SUPABASE_URL,
            publishableKey: settings.SUPABASE_PUBLISHABLE_KEY,
            jwtSecret: settings.SUPABASE_JWT_SECRET,
          },
    encryptionKeys: settings.ENCRYPTION_KEY,
    privateTargets: settings.PRIVATE_TARGETS ?? (settings.SUPABASE_URL === undefined ? 'allow' : 'deny'),
    runners: settings.RUNNERS,
    checksAtOnce: settings.CHECKS_AT_ONCE,
    triggerLimit: settings.TRIGGER_LIMIT_PER_APP,
    actionRef: settings.ACTION_REF,
    secretScanningKeysUrl: settings.SECRET_SCANNING_KEYS_URL,
    trustProxy: settings.TRUST_PROXY,
    failedAuthLimit: {
      perAddress: settings.FAILED_AUTH_LIMIT_PER_ADDRESS,
      perKeyStart: settings.FAILED_AUTH_LIMIT_PER_KEY_START,
    },
    logLevel: settings.LOG_LEVEL,
    metrics:
      settings.METRICS_PORT === undefined
        ? undefined
        : { host: settings.METRICS_HOST ?? '127.0.0.1', port: settings.METRICS_PORT },
    otlpEndpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
    retention: {
      checkDays: settings.CHECK_RETENTION_DAYS,
      auditLogDays: settings.AUDIT_LOG_RETENTION_DAYS,
    },
  };
}
