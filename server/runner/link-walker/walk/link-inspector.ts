import type { Visit } from '../visit-page.ts';
import type { LinkReport } from './judge-page.ts';

/** Judges links of pages by more than the page that they lead to. */
export interface LinkInspector {
  /** Resolves when all that concerns the page's links is known, which may be long after its visit. Never rejects. */
  inspect(visit: Visit): Promise<LinkReport>;
  /** No further page will be visited: what is not known yet will not be. */
  finish(): void;
}
