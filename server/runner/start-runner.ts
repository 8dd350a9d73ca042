import type { Runner } from './contract.ts';
import { joinRunners, type RunnerKind } from './join-runners.ts';
import {
  createNetworkPolicy,
  type NetworkPolicy,
  type NetworkPolicyOptions,
} from './network/network-policy.ts';

export type RunnerOptions = Pick<NetworkPolicyOptions, 'privateTargets'>;

/** The runner of a server's checks: all kinds that there are, each in the checks that need it. */
export function startRunner({ privateTargets }: RunnerOptions): Runner {
  const policy = createNetworkPolicy({ privateTargets });
  return joinRunners([createLinkWalkerKind(policy)]);
}

function createLinkWalkerKind(policy: NetworkPolicy): RunnerKind {
  return {
    isNeeded: () => true,
    async load() {
      const { createLinkWalker } = await import('./link-walker/link-walker.ts');
      return createLinkWalker({ policy });
    },
  };
}
