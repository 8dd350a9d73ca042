import type { Metadata } from '../../../server/features/checks/schema.ts';
import { messageOf } from '../lib/errors.ts';
import { textAt } from '../lib/json.ts';
import { toLogText } from '../lib/text.ts';
import type { Report, RunInputs, RunPorts } from './contracts.ts';
import { createTriggerMetadata, withCommitMessage } from './metadata/trigger-metadata.ts';

export interface PrepareMetadataOptions {
  readonly inputs: Pick<RunInputs, 'metadata' | 'event'>;
  readonly ports: Pick<RunPorts, 'report' | 'stop' | 'fetchCommitMessage'>;
}

/** Creates the body of the trigger. Looks up the commit's message if neither input nor event has it. */
export async function prepareMetadata({ inputs, ports }: PrepareMetadataOptions): Promise<Metadata> {
  const { event } = inputs;
  const { report, fetchCommitMessage } = ports;
  const signal = ports.stop.requested;
  const metadata = createTriggerMetadata(inputs.metadata, event);
  if (event.name === 'deployment_status') {
    if (metadata.app_url === undefined) {
      report.note("The deployment names no `environment_url`, so the app's own URL is tested.");
    }
    warnOfState(textAt(event.payload, 'deployment_status', 'state') ?? 'success', report);
  }
  const commitSha = metadata.git_commit_id;
  const isComplete = commitSha === undefined || metadata.git_commit_message !== undefined;
  if (isComplete || fetchCommitMessage === undefined) {
    return metadata;
  }
  try {
    const message = await fetchCommitMessage({ commitSha, signal });
    return message === undefined ? metadata : withCommitMessage(metadata, message);
  } catch (error) {
    signal.throwIfAborted();
    const reason = toLogText(messageOf(error), 300);
    report.debug(`The commit's message could not be read from GitHub, and is left out: ${reason}`);
    return metadata;
  }
}

/** Warns if the deployment is not there yet, or has failed: GitHub sends the same event for these. */
function warnOfState(state: string, report: Report): void {
  if (state === 'success') {
    return;
  }
  report.warn(
    `The deployment's state is \`${toLogText(state, 100)}\`, so the check may test the previous deployment. Start the job with \`if: github.event.deployment_status.state == 'success'\`.`,
  );
}
