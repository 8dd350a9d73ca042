import { useEffect } from 'react';
import type { CheckState } from '../get-check-state.ts';

const GREEN = '#11713a';
const RED = '#b3202a';
const AMBER = '#875200';
const BLUE = '#4f46c8';
const GREY = '#5a5a6b';
const TICK = 'm9 17 5 5 9-11';
const DOTS = 'M9 16h.1M16 16h.1M23 16h.1';
const EXCLAMATION = 'M16 8v9M16 23h.1';

/** Colour and sign of each state: no state differs by its colour alone. */
const LOOKS: Readonly<Record<CheckState, { readonly color: string; readonly sign: string }>> = {
  success: { color: GREEN, sign: TICK },
  failure: { color: RED, sign: 'm11 11 10 10M21 11 11 21' },
  error: { color: RED, sign: EXCLAMATION },
  incomplete: { color: AMBER, sign: EXCLAMATION },
  cancelled: { color: GREY, sign: 'M10 16h12' },
  running: { color: BLUE, sign: DOTS },
  scheduled: { color: GREY, sign: DOTS },
};

/** Shows the state of a check as the tab's icon. The usual icon comes back when the page is left. */
export function useTabIcon(state: CheckState | undefined): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (state === undefined || link === null) {
      return;
    }
    const usual = link.href;
    link.href = createIcon(state);
    return () => {
      link.href = usual;
    };
  }, [state]);
}

/** The Content-Security-Policy allows images of `data:`. */
function createIcon(state: CheckState): string {
  const { color, sign } = LOOKS[state];
  const line = 'fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="${color}"/><path d="${sign}" ${line}/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
