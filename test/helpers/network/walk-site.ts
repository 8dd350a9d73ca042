import type {
  CheckSettings,
  FlowResult,
  Incomplete,
  RunnerResult,
  RunTarget,
} from '../../../server/runner/contract.ts';
import { createLinkWalker } from '../../../server/runner/link-walker/link-walker.ts';
import {
  createNetworkPolicy,
  type NetworkPolicyOptions,
} from '../../../server/runner/network/network-policy.ts';

export interface WalkSiteOptions extends Partial<NetworkPolicyOptions>, CheckSettings {
  readonly signal?: AbortSignal;
}

export interface WalkedSite {
  readonly flows: FlowResult[];
  readonly warnings: string[];
  readonly incomplete: Incomplete | null;
}

/** All flows of one walk from `url`. Private targets are allowed by default. */
export async function walkSite(url: string, options: WalkSiteOptions = {}): Promise<FlowResult[]> {
  return (await walkWholeSite(url, options)).flows;
}

/** All that one walk from `url` yields. */
export async function walkWholeSite(
  url: string,
  {
    signal = new AbortController().signal,
    privateTargets = 'allow',
    isPublic,
    lookup,
    ...settings
  }: WalkSiteOptions = {},
): Promise<WalkedSite> {
  const policy = createNetworkPolicy({
    privateTargets,
    ...(isPublic === undefined ? {} : { isPublic }),
    ...(lookup === undefined ? {} : { lookup }),
  });
  const walker = createLinkWalker({ policy });
  const results: RunnerResult[] = [];
  for await (const result of walker.run(createTarget(url, settings), { signal })) {
    results.push(result);
  }
  const [incomplete = null] = results.flatMap((result) =>
    'incomplete' in result ? [result.incomplete] : [],
  );
  return {
    flows: results.flatMap((result) => ('flow' in result ? [result.flow] : [])),
    warnings: results.flatMap((result) => ('warning' in result ? [result.warning] : [])),
    incomplete,
  };
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
