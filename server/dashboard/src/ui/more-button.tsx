interface MoreButtonProps {
  /** The id of the list. */
  readonly controls: string;
  readonly isWhole: boolean;
  readonly onToggle: () => void;
  /** While the list is cut: `Show all 57`. */
  readonly text: string;
}

/** Expands a list that is cut, and cuts it again. */
export function MoreButton({ controls, isWhole, onToggle, text }: MoreButtonProps) {
  return (
    <div className="actions">
      <button
        type="button"
        className="button"
        aria-expanded={isWhole}
        aria-controls={controls}
        onClick={onToggle}
      >
        {isWhole ? 'Show fewer' : text}
      </button>
    </div>
  );
}
