import type { ApiConnection } from './api-client.ts';
import { cancelOnServer } from './cancel-on-server.ts';
import type { Report } from './report.ts';

export interface CancelLeftCheckOptions {
  readonly connection: ApiConnection;
  readonly report: Report;
  /** The check that the step left behind; `undefined` where it left none. */
  readonly checkId: string | undefined;
}

/** The post step of a cancelled workflow: cancels the check that a step which was killed could not. */
export async function cancelLeftCheck({
  connection,
  report,
  checkId,
}: CancelLeftCheckOptions): Promise<void> {
  if (checkId === undefined) {
    report.note('Nothing is left to do: the step came to its end, or had triggered no check.');
    return;
  }
  const check = await cancelOnServer({ connection, checkId, report });
  report.note(
    check.conclusion === 'cancelled'
      ? `The check was cancelled on the server: ${check.url}`
      : `The check had ended (${check.conclusion}): ${check.url}`,
  );
}
