import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { CheckView, EndedCheck, ListedCheck } from '../client/answers.ts';
import {
  type ApiConnection,
  listChecks,
  type RequestBounds,
  readApp,
  readCheck,
} from '../client/api-client.ts';
import type { Comparison } from './contracts.ts';

/** The gate does not depend on the comparison, so both requests together get no more time than this. */
const TIMEOUT_MS = 3000;

/**
 * How many checks a page has: the first one is small, since the newest check but this one is nearly always what is
 * looked for.
 */
const FIRST_PAGE = 5;
const LATER_PAGE = 100;

export interface CompareOptions {
  readonly connection: ApiConnection;
  readonly check: EndedCheck;
  readonly signal: AbortSignal;
}

/**
 * Finds the last finished check of the main branch and compares. Returns `undefined` if there is none, or if the check
 * has no flows to compare. Rejects if the server does not answer.
 */
export async function compareWithMain({
  connection,
  check,
  signal,
}: CompareOptions): Promise<Comparison | undefined> {
  if (check.status !== 'finished') {
    return undefined;
  }
  const deadline = performance.now() + TIMEOUT_MS;
  const bound = () => ({ timeoutMs: deadline - performance.now(), signal });
  const { main_branch: branch } = await readApp(connection, bound());
  const checkId = await findCheckBefore({ connection, check, branch, bound });
  if (checkId === undefined) {
    return undefined;
  }
  const before = await readCheck(connection, { ...bound(), checkId, waitSeconds: 0 });
  return compare(check, before, branch);
}

interface FindOptions extends Pick<CompareOptions, 'connection' | 'check'> {
  readonly branch: string;
  readonly bound: () => RequestBounds;
}

/**
 * Finds the newest finished check of the branch that is older than this one. Passes over those of pull requests,
 * however many they are: a pull request may be from the main branch, and a failure there is not one of the main branch.
 */
async function findCheckBefore({
  connection,
  check,
  branch,
  bound,
}: FindOptions): Promise<string | undefined> {
  const filter = { branch, status: 'finished' } as const;
  const isBefore = ({ id, created_at, isOfPullRequest }: ListedCheck): boolean =>
    id !== check.id && !isOfPullRequest && Date.parse(created_at) <= Date.parse(check.created_at);
  let limit = FIRST_PAGE;
  let cursor: string | undefined;
  do {
    const page = await listChecks(connection, { ...bound(), ...filter, limit, cursor });
    const found = page.checks.find(isBefore);
    if (found !== undefined) {
      return found.id;
    }
    cursor = page.nextCursor;
    limit = LATER_PAGE;
  } while (cursor !== undefined);
  return undefined;
}

function compare(check: CheckView, before: CheckView, branch: string): Comparison {
  const failedThen = new Map(listFailed(before).map((flow) => [flow.name, flow]));
  const knownCauses = new Set(listFailed(before).flatMap(({ cause }) => cause ?? []));
  const passedNow = new Set(check.flows.filter(({ status }) => status === 'passed').map(({ name }) => name));
  // A flow that failed then may fail for another reason now. That is only known if the server gave causes then too.
  const isNew = ({ name, cause }: FlowResult): boolean => {
    const then = failedThen.get(name);
    return then === undefined || (then.cause !== null && cause !== null && !knownCauses.has(cause));
  };
  return {
    branch,
    url: before.url,
    newlyFailed: new Set(
      listFailed(check)
        .filter(isNew)
        .map(({ name }) => name),
    ),
    knownCauses,
    fixed: [...failedThen.values()].filter(({ name }) => passedNow.has(name)),
  };
}

function listFailed({ flows }: CheckView): FlowResult[] {
  return flows.filter(({ status }) => status === 'failed');
}
