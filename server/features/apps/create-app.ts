import { randomBytes } from 'node:crypto';
import type { SessionUser } from '../../auth/session/session.ts';
import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { assertRole } from '../organizations/assert-role.ts';
import { chooseMembership } from '../organizations/choose-membership.ts';
import type { AppRow } from './app-row.ts';
import { ALIAS_LENGTH, proposeAlias } from './propose-alias.ts';
import { aliasSchema, type CreateApp } from './schema.ts';
import { insertApp } from './sql/insert-app.ts';

const NUMBERED_TRIES = 5;

/** Adds an app to the given organization, or to the only one that the user belongs to. */
export async function createApp(db: Queryable, user: SessionUser, input: CreateApp): Promise<AppRow> {
  const membership = await chooseMembership(db, user.id, input.organization_id);
  assertRole(membership.role, 'admin');
  for (const alias of input.alias === undefined ? proposeAliases(input.name) : [input.alias]) {
    const row = await insertApp(db, {
      organizationId: membership.organization_id,
      alias,
      name: input.name,
      url: input.url ?? null,
      mainBranch: input.main_branch ?? 'main',
      repositoryUrl: input.repository_url ?? null,
    });
    if (row) {
      return row;
    }
  }
  throw createAliasTakenError();
}

export function createAliasTakenError(): ApiError {
  return new ApiError('alias_taken', 'Another app has this alias. Choose another one.');
}

/** Aliases made from a name, the simplest first. The last one is random, so it is almost certainly free. */
function proposeAliases(name: string): string[] {
  const plain = proposeAlias(name);
  const base = aliasSchema.safeParse(plain).data ?? `app-${plain.slice(0, 20)}`.replace(/-+$/, '');
  const suffixes = [
    '',
    ...Array.from({ length: NUMBERED_TRIES }, (_, index) => `-${index + 2}`),
    `-${randomBytes(4).toString('hex')}`,
  ];
  return suffixes.map((suffix) => base.slice(0, ALIAS_LENGTH - suffix.length) + suffix);
}
