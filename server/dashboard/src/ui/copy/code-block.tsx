import { useRef } from 'react';
import { CopyButton } from './copy-button.tsx';

interface CodeBlockProps {
  readonly code: string;
  /** Names the text in a few words: "the workflow". */
  readonly what: string;
}

/** Text to copy. It scrolls by itself, so it must be reachable by keyboard. */
export function CodeBlock({ code, what }: CodeBlockProps) {
  const shown = useRef<HTMLElement>(null);
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="code" tabIndex={0} aria-label={what}>
        <pre>
          <code ref={shown}>{code}</code>
        </pre>
      </section>
      <CopyButton text={code} what={what} shownIn={shown} />
    </div>
  );
}
