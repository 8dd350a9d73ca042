import { changeQuery } from '../../ui/change-query.ts';

/** Which checks are shown. It is in the page's address, under the names of `readFilter`. */
export interface CheckFilter {
  /** The whole name of the branch, as it was chosen from the suggestions. */
  readonly branch: string;
  /** Part of the branch's name, as it was typed. */
  readonly branchPart: string;
  readonly conclusion: string;
  /** `api_key`, `schedule`, or the id of the person who triggered the check. */
  readonly who: string;
}

export const NO_FILTER: CheckFilter = { branch: '', branchPart: '', conclusion: '', who: '' };

export const CONCLUSIONS = [
  { value: '', text: 'Any' },
  { value: 'running', text: 'Running' },
  { value: 'success', text: 'Passed' },
  { value: 'incomplete', text: 'Incomplete' },
  { value: 'failure', text: 'Failed' },
  { value: 'error', text: 'Could not run' },
  { value: 'cancelled', text: 'Cancelled' },
];

const WHO = /^(api_key|schedule|[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** The filter of an address. Values that the page does not know are ignored. */
export function readFilter(query: URLSearchParams): CheckFilter {
  const conclusion = query.get('conclusion') ?? '';
  const who = query.get('who') ?? '';
  const branch = query.get('branch') ?? '';
  return {
    branch,
    branchPart: branch === '' ? (query.get('branch_contains') ?? '') : '',
    conclusion: CONCLUSIONS.some(({ value }) => value === conclusion) ? conclusion : '',
    who: WHO.test(who) ? who : '',
  };
}

/** The address with this filter. */
export function writeFilter(query: URLSearchParams, filter: CheckFilter): URLSearchParams {
  const { branch, branchPart, conclusion, who } = filter;
  return changeQuery(query, { branch, branch_contains: branchPart, conclusion, who });
}

export function isFiltered(filter: CheckFilter): boolean {
  return Object.values(filter).some((value) => value !== '');
}

/** The parameters of the API for the filter. The number of all that match is asked for only where it is shown. */
export function toParameters(filter: CheckFilter): Record<string, string> {
  return {
    branch: filter.branch,
    branch_contains: filter.branchPart,
    triggered_by: filter.who,
    ...toConclusionParameters(filter.conclusion),
    ...(isFiltered(filter) && { count: 'true' }),
  };
}

function toConclusionParameters(conclusion: string): Record<string, string> {
  switch (conclusion) {
    case 'running':
      return { ended: 'false' };
    case 'success':
      return { conclusion, incomplete: 'false' };
    case 'incomplete':
      return { conclusion: 'success', incomplete: 'true' };
    default:
      return { conclusion };
  }
}
