import { BusyButton } from './busy-button.tsx';

interface ShowMoreProps {
  /** A list that comes in pages, as `useInfiniteQuery` has it. */
  readonly list: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}

/** The button that brings the next page of a list, while there is one. */
export function ShowMore({ list }: ShowMoreProps) {
  return list.hasNextPage ? (
    <div className="actions">
      <BusyButton
        className="button"
        isBusy={list.isFetchingNextPage}
        busyText="Loading…"
        onClick={() => list.fetchNextPage()}
      >
        Show more
      </BusyButton>
    </div>
  ) : null;
}
