import type { Request, Response } from 'express';
import type { Queryable } from '../../db/pool.ts';
import type { InputError } from '../../http/errors.ts';
import { createInputError, parseInput } from '../../http/parse-input.ts';
import { readJsonObject } from '../../http/read-body.ts';
import { listMissingSecrets } from '../secrets/list-missing-secrets.ts';
import { pickChosen } from './chosen-settings.ts';
import { findHeaderErrors } from './header-rules.ts';
import { type ChosenSettings, checkSettingsInputSchema } from './schema.ts';
import { findReferences, type SecretReference } from './secret-references.ts';

export interface SettingsInput {
  readonly settings: ChosenSettings;
  readonly references: readonly SecretReference[];
}

/** Reads the body as settings of the app. Rejects with an `ApiError` (400, 413, 415) that names what is wrong. */
export async function readSettingsInput(
  db: Queryable,
  appId: string,
  { req, res }: { readonly req: Request; readonly res: Response },
): Promise<SettingsInput> {
  const settings = pickChosen(parseInput(checkSettingsInputSchema, await readJsonObject(req, res)));
  const { references, malformed } = findReferences(settings);
  const errors = [
    ...findHeaderErrors(settings),
    ...malformed.map(({ path, name }) => ({
      path,
      message: `has {{${name.slice(0, 100)}}}, which is not the name of a secret: names have only A-Z, 0-9 and _`,
    })),
  ];
  if (errors.length > 0) {
    throw createInputError(errors);
  }
  await assertSecretsExist(db, appId, references);
  return { settings, references };
}

/** Rejects with an `ApiError` (400) that names the secrets that the app does not have. */
export async function assertSecretsExist(
  db: Queryable,
  appId: string,
  references: readonly SecretReference[],
): Promise<void> {
  const missing = await listMissingSecrets(db, { appId, names: references.map(({ name }) => name) });
  const errors: InputError[] = references
    .filter(({ name }) => missing.has(name))
    .map(({ path, name }) => ({
      path,
      message: `refers to ${name}, which is not a secret of the app: set it first`,
    }));
  if (errors.length > 0) {
    throw createInputError(errors);
  }
}
