import { randomBytes } from 'node:crypto';
import type { SessionUser } from '../../auth/session/session.ts';
import type { Queryable } from '../../db/pool.ts';
import { ApiError } from '../../http/errors.ts';
import { createOrganizationNotFoundError } from '../organizations/access.ts';
import { assertRole } from '../organizations/role.ts';
import { listMemberships, type MembershipRow } from '../organizations/sql/list-memberships.ts';
import type { AppRow } from './app-row.ts';
import { ALIAS_LENGTH, proposeAlias } from './propose-alias.ts';
import { aliasSchema, type CreateApp } from './schema.ts';
import { insertApp } from './sql/insert-app.ts';

const NUMBERED_TRIES = 5;

/** Makes an app in the organization that is named, or in the only one that the user belongs to. */
export async function createApp(db: Queryable, user: SessionUser, input: CreateApp): Promise<AppRow> {
  const membership = chooseMembership(await listMemberships(db, user.id), input.organization_id);
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

function chooseMembership(
  memberships: readonly MembershipRow[],
  organizationId: string | undefined,
): MembershipRow {
  const [first, second] =
    organizationId === undefined
      ? memberships
      : memberships.filter(({ organization_id }) => organization_id === organizationId.toLowerCase());
  if (!first) {
    throw createOrganizationNotFoundError();
  }
  if (second) {
    throw new ApiError(
      'invalid_request',
      'You belong to several organizations: say which one the app is for.',
      {
        errors: [
          { path: 'organization_id', message: 'is required, since you belong to several organizations' },
        ],
      },
    );
  }
  return first;
}

/** Aliases made from a name, the plainest first; the last one is random and so as good as free. */
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
