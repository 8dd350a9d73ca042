import { Button } from '@base-ui/react/button';
import { Problem } from '../api/client.ts';

interface FailureProps {
  readonly error: Error;
  readonly onRetry?: () => unknown;
}

/** What went wrong and what to do about it. Screen readers announce it when it appears. */
export function Failure({ error, onRetry }: FailureProps) {
  const title = error instanceof Problem ? error.title : 'Something went wrong on this page';
  const detail = error instanceof Problem ? error.message : 'Reload the page, and report it if it stays.';
  return (
    <div className="notice notice-bad" role="alert">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {onRetry && (
        <Button className="button" onClick={() => onRetry()}>
          Try again
        </Button>
      )}
    </div>
  );
}
