import type { Flow } from '../../../server/features/checks/schema.ts';
import { createLinkWalker, type LinkWalkerOptions } from '../../../server/runner/link-walker/link-walker.ts';

export interface WalkSiteOptions extends Partial<LinkWalkerOptions> {
  readonly signal?: AbortSignal;
}

/** All flows of one walk from `url`. Private targets are allowed by default. */
export async function walkSite(
  url: string,
  { signal = new AbortController().signal, ...options }: WalkSiteOptions = {},
): Promise<Flow[]> {
  const walker = createLinkWalker({ privateTargets: 'allow', ...options });
  const flows: Flow[] = [];
  for await (const flow of walker.run({ url, discoverFlows: false }, { signal })) {
    flows.push(flow);
  }
  return flows;
}

/** Lines of the form `GET /a: passed` or `GET /b: failed, responded 404 Not Found`. */
export function summarize(flows: readonly Flow[]): string[] {
  return flows.map(({ name, status, error }) =>
    error === null ? `${name}: ${status}` : `${name}: ${status}, ${error}`,
  );
}
