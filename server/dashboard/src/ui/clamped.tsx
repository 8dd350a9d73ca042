interface ClampedProps {
  readonly text: string;
  /** At most so many lines are shown. */
  readonly lines?: 1 | 2;
}

/** A name or an address of any length, on few lines. Screen readers read all of it, and the tooltip shows it. */
export function Clamped({ text, lines = 2 }: ClampedProps) {
  return (
    <span className={lines === 1 ? 'clamped clamped-1' : 'clamped'} title={text}>
      {text}
    </span>
  );
}
