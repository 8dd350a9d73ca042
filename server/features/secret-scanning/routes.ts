import { createHash } from 'node:crypto';
import { Router } from 'express';
import type { Logger } from 'pino';
import { isApiKey } from '../../auth/keys/api-key-form.ts';
import { type RequestOrigin, readRequestOrigin } from '../../auth/request-origin.ts';
import type { Queryable } from '../../db/pool.ts';
import { parseInput } from '../../http/parse-input.ts';
import { parseJson, readRawBody } from '../../http/read-body.ts';
import type { GithubKeys } from './github-keys.ts';
import { assertSigned, createSignatureError, readReportSignature } from './github-signature.ts';
import {
  type LeakLabels,
  type LeakMatch,
  leakReportSchema,
  parseLeakSource,
  parseLeakUrl,
} from './schema.ts';
import { type LeakedKeyRow, removeLeakedKeys } from './sql/remove-leaked-keys.ts';

export interface SecretScanningRoutesOptions {
  readonly db: Queryable;
  readonly githubKeys: GithubKeys;
  readonly logger: Logger;
}

/** Bytes: several thousand matches. GitHub documents no limit. */
const BODY_LIMIT = 1024 * 1024;

/** `/api/secret-scanning/github`: where GitHub reports keys of this server that it found in public. */
export function createSecretScanningRoutes({ db, githubKeys, logger }: SecretScanningRoutesOptions): Router {
  const router = Router();

  router.post('/secret-scanning/github', async (req, res) => {
    const signature = readReportSignature(req);
    const key = await githubKeys.find(signature.keyIdentifier);
    if (!key) {
      throw createSignatureError('GitHub has no key with that name.');
    }
    const body = await readRawBody(req, res, BODY_LIMIT);
    assertSigned(body, signature, key);
    const matches = parseInput(leakReportSchema, parseJson(body));
    const ours = await removeFound(db, matches, readRequestOrigin(req));
    const removed = [...ours.values()].filter((row) => row.is_removed).length;
    if (removed > 0) {
      logger.warn({ removed }, 'GitHub found API keys in public; they were removed');
    }
    res.json(toLabels(matches, ours));
  });

  return router;
}

/** The matches that are or were keys of this server, by their SHA-256. Tokens of another form are not looked up. */
async function removeFound(
  db: Queryable,
  matches: readonly LeakMatch[],
  origin: RequestOrigin,
): Promise<ReadonlyMap<string, LeakedKeyRow>> {
  const leaks = matches
    .filter(({ token }) => isApiKey(token))
    .map(({ token, url, source }) => ({
      keyHash: hashToken(token),
      url: parseLeakUrl(url),
      source: parseLeakSource(source),
    }));
  const rows = leaks.length === 0 ? [] : await removeLeakedKeys(db, leaks, origin);
  return new Map(rows.map((row) => [row.key_hash.toString('hex'), row]));
}

/** Names each token by its hash, so that no answer contains a key. */
function toLabels(matches: readonly LeakMatch[], ours: ReadonlyMap<string, LeakedKeyRow>): LeakLabels {
  return matches.map(({ token, type }) => {
    const hash = hashToken(token).toString('hex');
    return {
      token_hash: hash,
      token_type: type,
      label: ours.has(hash) ? 'true_positive' : 'false_positive',
    };
  });
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
