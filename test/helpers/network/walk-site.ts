import type { CheckSettings, FlowResult, RunTarget } from '../../../server/runner/contract.ts';
import { createLinkWalker } from '../../../server/runner/link-walker/link-walker.ts';
import {
  createNetworkPolicy,
  type NetworkPolicyOptions,
} from '../../../server/runner/network/network-policy.ts';
import { flowsOf } from '../runner/flows-of.ts';

export interface WalkSiteOptions extends Partial<NetworkPolicyOptions>, CheckSettings {
  readonly signal?: AbortSignal;
}

/** All flows of one walk from `url`. Private targets are allowed by default. */
export async function walkSite(
  url: string,
  { signal = new AbortController().signal, limits = {}, ...policy }: WalkSiteOptions = {},
): Promise<FlowResult[]> {
  const walker = createLinkWalker({ policy: createNetworkPolicy({ privateTargets: 'allow', ...policy }) });
  const flows: FlowResult[] = [];
  for await (const flow of flowsOf(walker.run(createTarget(url, { limits }), { signal }))) {
    flows.push(flow);
  }
  return flows;
}

/** A check of the app at `url`. */
export function createTarget(url: string, settings: CheckSettings = {}): RunTarget {
  return {
    app: { id: '00000000-0000-4000-8000-000000000000', url },
    flows: [],
    settings,
    discoverFlows: false,
  };
}

/** Lines of the form `GET /a: passed` or `GET /b: failed, responded 404 Not Found`. */
export function summarize(flows: readonly FlowResult[]): string[] {
  return flows.map(({ name, status, error }) =>
    error === null ? `${name}: ${status}` : `${name}: ${status}, ${error}`,
  );
}
