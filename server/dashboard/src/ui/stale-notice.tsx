const time = new Intl.DateTimeFormat('en', { timeStyle: 'short' });

interface StaleNoticeProps {
  /** What fails; `undefined` while nothing does. */
  readonly title: string | undefined;
  /** The time of what is shown; `undefined` where nothing is shown yet. */
  readonly shownAt: number | undefined;
}

/**
 * Says that the page is old because the server cannot be reached. Over the page, so that nothing moves. Screen readers
 * announce it once: its text stays the same until it goes.
 */
export function StaleNotice({ title, shownAt }: StaleNoticeProps) {
  return (
    // Rendered while empty: screen readers announce only what is added to a region that is there.
    <div role="status" className="stale">
      {title !== undefined && (
        <p className="notice notice-warn">
          {title}. {shownAt !== undefined && `What you see is from ${time.format(shownAt)}. `}This page is
          trying again.
        </p>
      )}
    </div>
  );
}
