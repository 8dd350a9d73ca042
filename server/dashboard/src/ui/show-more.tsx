import { BusyButton } from './busy-button.tsx';

interface ShowMoreProps {
  /** A paged list, as `useInfiniteQuery` returns it. */
  readonly list: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}

/** The button that loads the next page of a list, if there is one. */
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
