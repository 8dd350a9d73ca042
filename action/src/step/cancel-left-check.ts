import type { ApiConnection } from '../client/api-client.ts';
import { cancelOnServer } from '../core/cancel-on-server.ts';
import type { Report } from '../core/contracts.ts';
import { EndUnknownError } from '../lib/errors.ts';

export interface CancelLeftCheckOptions {
  readonly connection: ApiConnection;
  readonly report: Report;
  /** The check that the step left behind. */
  readonly checkId: string;
}

/** The post step of a cancelled workflow: cancels the check that a step which was killed could not. */
export async function cancelLeftCheck({
  connection,
  report,
  checkId,
}: CancelLeftCheckOptions): Promise<void> {
  try {
    // A check that runs is cancelled a moment after the answer.
    const { conclusion, url } = await cancelOnServer({ connection, checkId, report });
    report.note(
      conclusion === null || conclusion === 'cancelled'
        ? `The check was cancelled on the server: ${url}`
        : `The check had ended (${conclusion}): ${url}`,
    );
  } catch (error) {
    // Nothing is left running, which is all that this step is for.
    if (!(error instanceof EndUnknownError)) {
      throw error;
    }
    report.note(error.message);
  }
}
