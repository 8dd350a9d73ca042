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
      <button
        type="button"
        className="button"
        disabled={list.isFetchingNextPage}
        onClick={() => list.fetchNextPage()}
      >
        {list.isFetchingNextPage ? 'Loading…' : 'Show more'}
      </button>
    </div>
  ) : null;
}
