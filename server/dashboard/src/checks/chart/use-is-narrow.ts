import { useSyncExternalStore } from 'react';

/** The width below which tables become cards (`components.css`). */
const narrow = matchMedia('(max-width: 40rem)');

/** Whether the page is as narrow as on a phone. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}

function subscribe(onChange: () => void): () => void {
  narrow.addEventListener('change', onChange);
  return () => narrow.removeEventListener('change', onChange);
}
