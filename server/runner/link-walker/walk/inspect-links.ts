import { createMessageQueue } from '../../message-queue.ts';
import type { Visit } from '../visit-page.ts';
import type { LinkReport } from './judge-page.ts';
import type { LinkInspector } from './link-inspector.ts';

export interface InspectedVisit {
  readonly visit: Visit;
  readonly links: LinkReport;
}

type Event = InspectedVisit | { readonly error: unknown } | { readonly count: number };

const NOTHING: LinkReport = { failures: [], unseen: 0 };

/** Yields each visit when its links are judged. Further pages are visited meanwhile. */
export async function* inspectLinks(
  visits: AsyncIterable<Visit>,
  inspectors: readonly LinkInspector[],
): AsyncGenerator<InspectedVisit> {
  if (inspectors.length === 0) {
    for await (const visit of visits) {
      yield { visit, links: NOTHING };
    }
    return;
  }
  const events = createMessageQueue<Event>();
  inspectAll(visits, { inspectors, onInspected: events.add }).then(
    (count) => events.add({ count }),
    (error: unknown) => events.add({ error }),
  );
  let yielded = 0;
  let total = Number.POSITIVE_INFINITY;
  for await (const event of events) {
    if ('error' in event) {
      throw event.error;
    }
    if ('count' in event) {
      total = event.count;
    } else {
      yielded += 1;
      yield event;
    }
    if (yielded >= total) {
      return;
    }
  }
}

/** Returns how many visits there were. */
async function inspectAll(
  visits: AsyncIterable<Visit>,
  {
    inspectors,
    onInspected,
  }: { readonly inspectors: readonly LinkInspector[]; readonly onInspected: (visit: InspectedVisit) => void },
): Promise<number> {
  let count = 0;
  for await (const visit of visits) {
    count += 1;
    const reports = inspectors.map((inspector) => inspector.inspect(visit));
    // Its links are not kept while it waits for those of other pages.
    const rest = {
      ...visit,
      links: { ...visit.links, own: [], withFragments: [], external: [] },
      targets: null,
    };
    void Promise.all(reports).then((all) => onInspected({ visit: rest, links: join(all) }));
  }
  for (const inspector of inspectors) {
    inspector.finish();
  }
  return count;
}

function join(reports: readonly LinkReport[]): LinkReport {
  return {
    failures: reports.flatMap(({ failures }) => failures),
    unseen: reports.reduce((sum, { unseen }) => sum + unseen, 0),
  };
}
