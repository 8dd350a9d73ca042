import { type RefObject, useState } from 'react';

interface CopyButtonProps {
  readonly text: string;
  /** Names the text for screen readers. */
  readonly what: string;
  /** The element that shows the text. It is selected if the browser does not let the page copy. */
  readonly shownIn: RefObject<HTMLElement | null>;
}

const SHOWN_MS = 2_000;
const COPY_KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘C' : 'Ctrl+C';

/** Copies, and says whether that worked. Without HTTPS, browsers allow it on localhost only; then the person copies. */
export function CopyButton({ text, what, shownIn }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'selected'>('idle');

  async function copy() {
    try {
      // Missing without HTTPS, which is an error as well.
      await navigator.clipboard.writeText(text);
      setState('copied');
      setTimeout(() => setState('idle'), SHOWN_MS);
    } catch {
      if (shownIn.current) {
        getSelection()?.selectAllChildren(shownIn.current);
      }
      setState('selected');
    }
  }

  return (
    <span className="copy">
      <button type="button" className="button button-small" onClick={copy} aria-label={`Copy ${what}`}>
        {state === 'copied' ? 'Copied' : 'Copy'}
      </button>
      <span role="status" className={state === 'selected' ? 'hint' : 'visually-hidden'}>
        {state === 'copied' && 'Copied.'}
        {state === 'selected' &&
          `Your browser does not let this page copy. The text is selected: press ${COPY_KEYS}.`}
      </span>
    </span>
  );
}
