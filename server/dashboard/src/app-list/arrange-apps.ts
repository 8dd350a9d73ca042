import type { ListedApp } from '../../../features/apps/schema.ts';
import { type CheckState, getCheckState } from '../checks/get-check-state.ts';

export type AppSort = 'name' | 'state' | 'last_check';
export type SortOrder = 'ascending' | 'descending';

/** Which apps of the list are shown, and in which order. */
export interface AppView {
  readonly search: string;
  readonly sort: AppSort;
  readonly order: SortOrder;
}

/** The order that a column has first: failing apps and fresh checks are what one looks for. */
export const FIRST_ORDER: Readonly<Record<AppSort, SortOrder>> = {
  name: 'ascending',
  state: 'ascending',
  last_check: 'descending',
};

/** The states of a main branch, from the one that needs somebody most. */
const URGENCY: readonly CheckState[] = ['failure', 'error', 'incomplete', 'success'];
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The apps whose name, alias or URL has every word of the search, sorted. Equal ones are sorted by name. */
export function arrangeApps(apps: readonly ListedApp[], { search, sort, order }: AppView): ListedApp[] {
  const words = search.toLowerCase().split(/\s+/);
  const sign = order === 'ascending' ? 1 : -1;
  return apps
    .filter(({ name, alias, url }) => {
      const text = `${name}\n${alias}\n${url ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((one, other) => sign * compare(one, other, sort) || names.compare(one.name, other.name));
}

function compare(one: ListedApp, other: ListedApp, sort: AppSort): number {
  switch (sort) {
    case 'name':
      return names.compare(one.name, other.name);
    case 'state':
      return getUrgency(one) - getUrgency(other);
    case 'last_check':
      return getTime(one) - getTime(other);
  }
}

function getUrgency({ main_check }: ListedApp): number {
  return main_check ? URGENCY.indexOf(getCheckState(main_check)) : URGENCY.length;
}

function getTime({ last_check }: ListedApp): number {
  return last_check ? Date.parse(last_check.created_at) : 0;
}
