import { Problem } from '../api/client.ts';

interface FailureProps {
  readonly error: Error;
  readonly onRetry?: () => unknown;
}

/** What went wrong and what to do about it. Screen readers announce it when it appears. */
export function Failure({ error, onRetry }: FailureProps) {
  const title = error instanceof Problem ? error.title : 'Something went wrong on this page';
  const detail = error instanceof Problem ? error.message : 'Reload the page, and report it if it stays.';
  const requestId = error instanceof Problem && error.status >= 500 ? error.requestId : undefined;
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {requestId !== undefined && (
        <p className="hint">
          For support: request <code>{requestId}</code>
        </p>
      )}
      {onRetry && (
        <button type="button" className="button" onClick={() => onRetry()}>
          Try again
        </button>
      )}
    </div>
  );
}
