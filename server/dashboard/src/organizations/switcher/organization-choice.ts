import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Organization } from '../../../../features/organizations/schema.ts';
import { meQuery } from '../../session/queries.ts';
import { recall, remember } from './browser-storage.ts';

const KEY = 'qassandra-organization';

// Read once: a choice in another tab must not change what this one shows.
let chosenId = recall(KEY);
const listeners = new Set<() => void>();

export interface OrganizationChoice {
  /** The organizations of the person. */
  readonly organizations: readonly Organization[];
  /** The chosen one, or the only one; `undefined` for all of them. */
  readonly chosen: Organization | undefined;
}

/** The organization whose apps the person looks at. A choice of one that they no longer belong to counts as none. */
export function useOrganizationChoice(): OrganizationChoice {
  const id = useSyncExternalStore(subscribe, () => chosenId);
  const { data: me } = useQuery(meQuery);
  const organizations = me?.organizations ?? [];
  const chosen =
    organizations.length === 1
      ? organizations[0]
      : organizations.find((organization) => organization.id === id);
  return { organizations, chosen };
}

/** Chooses an organization, or all of them, for this browser. */
export function chooseOrganization(id: string | undefined): void {
  chosenId = id;
  remember(KEY, id);
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
