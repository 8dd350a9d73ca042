import type { ApiConnection } from '../client/api-client.ts';
import { cancelOnServer } from '../core/cancel-on-server.ts';
import type { Report } from '../core/contracts.ts';
import { EndUnknownError } from '../lib/errors.ts';

export interface CancelLeftCheckOptions {
  readonly connection: ApiConnection;
  readonly report: Report;
  /** The check that the step left running. */
  readonly checkId: string;
}

/** Cancels, in the post step of a cancelled workflow, the check that the killed step could not cancel. */
export async function cancelLeftCheck({
  connection,
  report,
  checkId,
}: CancelLeftCheckOptions): Promise<void> {
  try {
    // A running check is cancelled a moment after the answer.
    const { conclusion, url } = await cancelOnServer({ connection, checkId, report });
    report.note(
      conclusion === null || conclusion === 'cancelled'
        ? `The check was cancelled on the server: ${url}`
        : `The check had ended (${conclusion}): ${url}`,
    );
  } catch (error) {
    // The check has ended, so this step has nothing left to do.
    if (!(error instanceof EndUnknownError)) {
      throw error;
    }
    report.note(error.message);
  }
}
