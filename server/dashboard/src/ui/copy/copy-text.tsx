import { useRef } from 'react';
import { CopyButton } from './copy-button.tsx';

interface CopyTextProps {
  readonly text: string;
  /** Names the text in a few words: "the name of the secret". */
  readonly what: string;
}

/** A word to copy, within a line of text. `CodeBlock` is for whole lines. */
export function CopyText({ text, what }: CopyTextProps) {
  const shown = useRef<HTMLElement>(null);
  return (
    <>
      <code ref={shown}>{text}</code> <CopyButton text={text} what={what} shownIn={shown} />
    </>
  );
}
