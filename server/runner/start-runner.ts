import type { Runner } from './contract.ts';
import type { LinkWalkerOptions } from './link-walker/link-walker.ts';

/** The link walker, loaded with the first check: a server that has none to run need not hold its HTTP client and parser. */
export function loadLinkWalker(options: LinkWalkerOptions): Runner {
  return {
    async *run(target, { signal }) {
      const { createLinkWalker } = await import('./link-walker/link-walker.ts');
      yield* createLinkWalker(options).run(target, { signal });
    },
  };
}
