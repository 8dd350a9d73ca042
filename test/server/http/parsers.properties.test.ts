import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { generateKeyPair } from 'jose';
import { BASE62, createChecksum, isApiKey } from '../../../server/auth/keys/api-key-form.ts';
import { createSessionVerifier, type SessionVerifier } from '../../../server/auth/session/session.ts';
import {
  clearSessionCookies,
  createSessionCookies,
  parseSessionTokens,
  readSessionCookie,
} from '../../../server/auth/session/session-cookie.ts';
import { ConfigError, parseConfig } from '../../../server/config.ts';
import { parseAppReference } from '../../../server/features/apps/app-reference.ts';
import { proposeAlias } from '../../../server/features/apps/propose-alias.ts';
import { aliasSchema } from '../../../server/features/apps/schema.ts';
import { triggerBodySchema } from '../../../server/features/checks/schema.ts';
import { ApiError } from '../../../server/http/errors.ts';
import { isUuid } from '../../../server/http/ids.ts';
import { limitSchema, toPage } from '../../../server/http/paging.ts';
import { hostileString, hostileValue } from '../../fuzz/hostile-values.ts';

const MANY = { numRuns: 1_000 };

describe('an API key', () => {
  const base62 = fc.constantFrom(...BASE62);
  const key = fc
    .string({ unit: base62, minLength: 36, maxLength: 36 })
    .map((random) => `qsk_${random}${createChecksum(`qsk_${random}`)}`);
  const place = fc.nat(45);

  test('is accepted in every generated form', () => {
    fc.assert(fc.property(key, isApiKey), MANY);
  });

  test('is refused with any one character changed', () => {
    const other = fc.oneof({ weight: 4, arbitrary: base62 }, { weight: 1, arbitrary: hostileString });
    const changed = fc.tuple(key, place, other).map(([text, at, to]) => ({
      text,
      mistyped: text.slice(0, at) + to + text.slice(at + 1),
    }));
    fc.assert(
      fc.property(changed, ({ text, mistyped }) => mistyped === text || !isApiKey(mistyped)),
      { numRuns: 5_000 },
    );
  });

  test('is refused with two neighbouring characters swapped', () => {
    fc.assert(
      fc.property(key, fc.nat(44), (text, at) => {
        const swapped = text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
        return swapped === text || !isApiKey(swapped);
      }),
      { numRuns: 5_000 },
    );
  });

  test('is refused if it is shortened or lengthened', () => {
    fc.assert(
      fc.property(key, place, base62, (text, at, more) =>
        [
          text.slice(0, at),
          text.slice(at + 1),
          text.slice(0, at) + text.slice(at + 1),
          text + more,
          more + text,
        ].every((broken) => !isApiKey(broken)),
      ),
      MANY,
    );
  });

  test('is the only text that is accepted', () => {
    fc.assert(
      fc.property(hostileString, (text) => !isApiKey(text)),
      MANY,
    );
  });
});

describe('a session cookie', () => {
  const NAME = 'sb-localhost-auth-token';
  const publicUrl = 'http://localhost:3000';
  let verifier: SessionVerifier;
  beforeAll(async () => {
    const { publicKey } = await generateKeyPair('ES256');
    verifier = createSessionVerifier({
      issuerUrl: publicUrl,
      publicUrl,
      algorithms: ['ES256'],
      getKey: async () => publicKey,
      assertStands: async () => {},
      end: async () => {},
    });
  });

  /** Returns the browser's cookies after it has received `setCookies`. */
  function keep(jar: ReadonlyMap<string, string>, setCookies: readonly string[]): Map<string, string> {
    const kept = new Map(jar);
    for (const line of setCookies) {
      const [pair = ''] = line.split(';', 1);
      const name = pair.slice(0, pair.indexOf('='));
      if (/max-age=0(;|$)/i.test(line)) {
        kept.delete(name);
      } else {
        kept.set(name, pair.slice(name.length + 1));
      }
    }
    return kept;
  }
  const toHeader = (jar: ReadonlyMap<string, string>) =>
    [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  const session = fc.record({
    access_token: fc.string({ maxLength: 20 }),
    refresh_token: fc.string({ maxLength: 20 }),
    // Of any length, so the cookie has any number of chunks.
    user: fc
      .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(900))
      .map(([text, times]) => text.repeat(times)),
  });

  test('is read as it was written, whatever cookies were there before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(session, { minLength: 1, maxLength: 4 }), async (sessions) => {
        let jar = new Map<string, string>();
        for (const written of sessions) {
          const options = { name: NAME, publicUrl, cookieHeader: toHeader(jar) };
          jar = keep(jar, createSessionCookies(written, options));
          const read = await readSessionCookie(toHeader(jar), NAME);
          const { access_token, refresh_token } = written;
          expect(parseSessionTokens(read ?? '')).toEqual({ access_token, refresh_token });
        }
        jar = keep(jar, clearSessionCookies({ name: NAME, publicUrl, cookieHeader: toHeader(jar) }));
        expect([...jar]).toEqual([]);
      }),
    );
  });

  test('is ignored or refused with any other content, and never causes an internal error', async () => {
    const name = fc.constantFrom(NAME, `${NAME}.0`, `${NAME}.1`, `${NAME}.00`, `${NAME}.-1`, '__proto__', '');
    const json = hostileValue.map((value) => JSON.stringify(value));
    const tokens = fc
      .record({ access_token: hostileValue, refresh_token: hostileValue })
      .map((value) => JSON.stringify(value));
    const value = fc.oneof(
      hostileString,
      json,
      tokens.map((text) => `base64-${Buffer.from(text).toString('base64url')}`),
      json.map((text) => `base64-${Buffer.from(text).toString('base64')}`),
      hostileString.map((text) => `base64-${text}`),
    );
    const header = fc
      .array(fc.tuple(name, value), { maxLength: 5 })
      .map((pairs) => pairs.map((pair) => pair.join('=')).join('; '));
    await fc.assert(
      fc.asyncProperty(header, async (cookies) => {
        const outcome = await verifier.verify(cookies).catch((error: unknown) => error);
        if (outcome !== undefined) {
          expect(outcome).toBeInstanceOf(ApiError);
          expect(outcome).toMatchObject({ code: 'invalid_session', status: 401 });
        }
      }),
      MANY,
    );
  });
});

describe('APP in a path', () => {
  test('is an id, an alias or neither, exactly as it was written', () => {
    const text = fc.oneof(hostileString, fc.uuid(), fc.stringMatching(/^[a-z0-9-]{1,45}$/));
    fc.assert(
      fc.property(text, (written) => {
        const { id, alias } = parseAppReference(written);
        expect([id, alias].filter((part) => part !== null && part !== written)).toEqual([]);
        expect(id === null || alias === null).toBe(true);
        expect(id !== null).toBe(isUuid(written));
        expect(alias !== null).toBe(aliasSchema.safeParse(written).success);
      }),
      MANY,
    );
  });

  test('is an alias, or too short for one, if it is proposed for a name', () => {
    fc.assert(
      fc.property(fc.oneof(hostileString, fc.string({ unit: 'grapheme' })), (name) => {
        const alias = proposeAlias(name);
        expect(alias).toMatch(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$/);
        expect(alias.length).toBeLessThanOrEqual(40);
        expect(proposeAlias(alias)).toBe(alias);
      }),
      MANY,
    );
  });
});

describe('a trigger’s body', () => {
  const fields = Object.keys(triggerBodySchema.shape);
  const body = fc.dictionary(fc.oneof(fc.constantFrom(...fields), hostileString), hostileValue);

  test('is refused, or parsed into what can be stored; parsing it again changes nothing', () => {
    fc.assert(
      fc.property(body, (sent) => {
        const parsed = triggerBodySchema.safeParse(sent);
        if (parsed.success) {
          expect(Object.keys(parsed.data).filter((name) => !fields.includes(name))).toEqual([]);
          for (const value of Object.values(parsed.data).filter((part) => typeof part === 'string')) {
            expect(value.isWellFormed() && !value.includes('\0') && value.length <= 8_192).toBe(true);
          }
          expect(triggerBodySchema.parse(parsed.data)).toEqual(parsed.data);
        }
      }),
      MANY,
    );
  });
});

describe('settings', () => {
  const NAMES = [
    'PORT',
    'HOST',
    'PUBLIC_URL',
    'DATABASE_URL',
    'SUPABASE_URL',
    'SUPABASE_JWT_SECRET',
    'PRIVATE_TARGETS',
    'TRUST_PROXY',
    'LOG_LEVEL',
  ] as const;

  test('are accepted with any value, or refused by name without the value', () => {
    // Text that no error message contains by chance.
    const secret = fc.stringMatching(/^[0-9a-f]{12}$/).map((random) => `zz${random}`);
    const value = fc.oneof(
      secret,
      fc
        .tuple(fc.constantFrom('http://', 'https://u:', 'postgres://u:', '1', ','), secret, hostileString)
        .map((parts) => parts.join('')),
      hostileString.map((text) => `${text}zz0123456789`),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...NAMES), value), (env) => {
        try {
          parseConfig(env);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect(String(error)).not.toMatch(/zz[0-9a-f]{10}/);
          expect(NAMES.some((name) => String(error).includes(name))).toBe(true);
        }
      }),
      MANY,
    );
  });
});

describe('pages of a list', () => {
  test('make the whole list, once and in order, when joined by their cursors', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 25 }), (count, limit) => {
        const rows = Array.from({ length: count }, (_, index) => ({ id: String(index) }));
        const seen: string[] = [];
        let cursor: string | null | undefined;
        while (cursor !== null) {
          const from = cursor === undefined ? 0 : Number(cursor) + 1;
          const { page, nextCursor } = toPage(rows.slice(from, from + limit + 1), limit);
          seen.push(...page.map(({ id }) => id));
          cursor = nextCursor;
        }
        expect(seen).toEqual(rows.map(({ id }) => id));
      }),
    );
  });

  test('have 1 to 100 rows, and the number is written in digits', () => {
    const text = fc.oneof(
      hostileString,
      fc.integer({ min: -5, max: 1_005 }).map(String),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(text, (limit) => {
        const isValid =
          /^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 100 && !limit.startsWith('0');
        expect(limitSchema.safeParse(limit).success).toBe(isValid);
      }),
      MANY,
    );
  });
});
