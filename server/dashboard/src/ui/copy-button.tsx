import { useState } from 'react';

interface CopyButtonProps {
  readonly text: string;
  /** Names the text for screen readers. */
  readonly what: string;
}

const SHOWN_MS = 2_000;

/** Copies, and says whether that worked: without HTTPS, browsers allow it on localhost only. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
      setTimeout(() => setState('idle'), SHOWN_MS);
    } catch {
      setState('failed');
    }
  }

  return (
    <span className="copy">
      <button type="button" className="button button-small" onClick={copy} aria-label={`Copy ${what}`}>
        {state === 'copied' ? 'Copied' : 'Copy'}
      </button>
      <span role="status" className={state === 'failed' ? 'hint' : 'visually-hidden'}>
        {state === 'copied' && 'Copied.'}
        {state === 'failed' && 'Your browser does not allow it: select the text and copy it.'}
      </span>
    </span>
  );
}
