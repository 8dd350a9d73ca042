import type { Queryable } from '../../../../db/pool.ts';
import { CHECK_FLOWS, type CheckRow, matchBranchCheck } from '../../check-row.ts';
import type { FailedFlow } from '../compare-flows.ts';

/** A check's flows and its base: the newest finished check of the main branch that is older. */
export interface ComparedCheckRow extends Pick<CheckRow, 'flows'> {
  /** `null`, as are the other columns of the base, if there is none. */
  readonly base_id: string | null;
  readonly base_git_commit_id: string | null;
  readonly base_created_at: Date | null;
  /** What failed in the base. */
  readonly base_failures: readonly FailedFlow[];
}

export interface ComparedCheck {
  readonly appId: string;
  /** `null` when the caller gave no valid id. */
  readonly checkId: string | null;
  readonly branch: string;
}

/** Passes over checks of pull requests, however many they are: a pull request may be from the main branch of a fork. */
export async function findComparedCheck(
  db: Queryable,
  { appId, checkId, branch }: ComparedCheck,
): Promise<ComparedCheckRow | undefined> {
  const [row] = await db.query<ComparedCheckRow>({
    name: 'find-compared-check',
    text: `
      select
        ${CHECK_FLOWS} as flows,
        base.id as base_id, base.git_commit_id as base_git_commit_id, base.created_at as base_created_at,
        coalesce(
          (
            select json_agg(json_build_object('name', flow ->> 'name', 'cause', flow ->> 'cause'))
            from jsonb_array_elements(base.flows) as flow
            where flow ->> 'status' = 'failed'
          ),
          '[]'::json
        ) as base_failures
      from checks
      left join lateral (
        select earlier.id, earlier.created_at, earlier.flows, earlier.metadata ->> 'git_commit_id' as git_commit_id
        from checks as earlier
        where earlier.app_id = $1::uuid and earlier.metadata ->> 'branch' = $3::text
          and earlier.status = 'finished' and ${matchBranchCheck('earlier')}
          and (earlier.created_at, earlier.id) < (checks.created_at, checks.id)
        order by earlier.created_at desc, earlier.id desc
        limit 1
      ) as base on true
      where checks.id = $2::uuid and checks.app_id = $1::uuid`,
    values: [appId, checkId, branch],
  });
  return row;
}
