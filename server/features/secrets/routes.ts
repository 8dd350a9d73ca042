import { type Request, Router } from 'express';
import type { CallerReader } from '../../auth/caller.ts';
import type { Queryable } from '../../db/pool.ts';
import { isViolation } from '../../db/violations.ts';
import { ApiError } from '../../http/errors.ts';
import { parseInput } from '../../http/parse-input.ts';
import { createJsonForm, readJsonObject } from '../../http/read-body.ts';
import { authorizeApp } from '../apps/access.ts';
import { type Secret, type SecretList, secretInputSchema, secretPathSchema } from './schema.ts';
import type { SecretBox } from './secret-box.ts';
import { deleteSecret } from './sql/delete-secret.ts';
import { listSecrets, type SecretRow } from './sql/list-secrets.ts';
import { type NewSecret, type SecretChange, setSecret } from './sql/set-secret.ts';

export interface SecretRoutesOptions {
  readonly db: Queryable;
  readonly callers: CallerReader;
  readonly secretBox: SecretBox;
}

/** JSON writes some characters as six. */
const takeSecret = createJsonForm(320 * 1024);
/** Limits the tries: other requests may take the same free place at the same moment. */
const PLACE_TRIES = 10;

/** `/api/apps/APP/secrets`. No answer contains a value. */
export function createSecretRoutes({ db, callers, secretBox }: SecretRoutesOptions): Router {
  const router = Router();

  async function authorizeAdmin(req: Request<{ app: string }>) {
    const caller = await callers.readSession(req);
    const app = await authorizeApp(db, caller, req.params.app, { role: 'admin', key: false });
    return { appId: app.id, user: caller.user, origin: caller.origin, assertStands: caller.assertStands };
  }

  router.get('/apps/:app/secrets', async (req, res) => {
    const { appId } = await authorizeAdmin(req);
    const list: SecretList = { secrets: (await listSecrets(db, appId)).map(toSecret) };
    res.json(list);
  });

  router.put('/apps/:app/secrets/:name', async (req, res) => {
    const { assertStands, ...admin } = await authorizeAdmin(req);
    const { name } = parseInput(secretPathSchema, req.params);
    const { value } = parseInput(secretInputSchema, await readJsonObject(req, res, takeSecret));
    const sealed = secretBox.seal({ appId: admin.appId, name }, value);
    if (sealed === undefined) {
      throw createKeyMissingError();
    }
    await assertStands();
    if (!(await tryToSet(db, { ...admin, name, sealed }))) {
      // Answers 403 if the user lost the role while this ran.
      await authorizeAdmin(req);
      throw new ApiError('too_many_secrets', 'The app has 100 secrets. Remove one that it does not need.');
    }
    res.status(204).end();
  });

  router.delete('/apps/:app/secrets/:name', async (req, res) => {
    const { assertStands, ...admin } = await authorizeAdmin(req);
    const { data } = secretPathSchema.safeParse(req.params);
    if (data === undefined) {
      throw createSecretNotFoundError();
    }
    await assertStands();
    if (!(await tryToDelete(db, { ...admin, name: data.name }))) {
      await authorizeAdmin(req);
      throw createSecretNotFoundError();
    }
    res.status(204).end();
  });

  return router;
}

/** Each of several secrets that are added at once takes its own place. */
async function tryToSet(db: Queryable, secret: NewSecret): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await setSecret(db, secret);
    } catch (error) {
      if (!isViolation(error, 'unique') || tries === PLACE_TRIES) {
        throw error;
      }
    }
  }
}

async function tryToDelete(db: Queryable, secret: SecretChange): Promise<boolean> {
  try {
    return await deleteSecret(db, secret);
  } catch (error) {
    if (!isViolation(error, 'foreign_key')) {
      throw error;
    }
    const secrets = await listSecrets(db, secret.appId);
    const uses = secrets.find(({ name }) => name === secret.name)?.used_in ?? [];
    throw new ApiError(
      'secret_in_use',
      `The check settings use this secret (${uses.join(', ')}). Remove it there first, or set another value.`,
    );
  }
}

function toSecret(row: SecretRow): Secret {
  return {
    name: row.name,
    updated_at: row.updated_at.toISOString(),
    updated_by: row.updated_by,
    used_in: [...row.used_in],
  };
}

function createKeyMissingError(): ApiError {
  return new ApiError(
    'encryption_key_missing',
    'The server has no key to encrypt secrets with. Set ENCRYPTION_KEY, for example to the output of ' +
      '"openssl rand -base64 32", and restart the server and its runners.',
  );
}

function createSecretNotFoundError(): ApiError {
  return new ApiError('secret_not_found', 'The app has no secret with this name. Check its spelling.');
}
