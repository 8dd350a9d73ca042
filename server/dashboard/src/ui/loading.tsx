/** Shown only after a moment (by its style): what comes at once does not flicker. */
export function Loading() {
  return (
    <p className="loading" role="status">
      Loading…
    </p>
  );
}
