import type { Metadata } from '../../server/checks/schema.ts';
import { fetchCommitMessage } from './commit-message.ts';
import type { RunInputs } from './inputs.ts';
import type { Report } from './report.ts';
import { toLogText } from './text.ts';
import { createTriggerMetadata, withCommitMessage } from './trigger-metadata.ts';

export interface PrepareMetadataOptions {
  readonly inputs: Pick<RunInputs, 'metadata' | 'event' | 'github'>;
  readonly report: Pick<Report, 'note' | 'debug'>;
  readonly signal: AbortSignal;
}

/** The trigger's body, with the commit's message from GitHub where neither input nor event says it. */
export async function prepareMetadata({ inputs, report, signal }: PrepareMetadataOptions): Promise<Metadata> {
  const { event, github } = inputs;
  const metadata = createTriggerMetadata(inputs.metadata, event);
  if (event.name === 'deployment_status' && metadata.app_url === undefined) {
    report.note("The deployment names no `environment_url`, so the app's own URL is tested.");
  }
  const commitSha = metadata.git_commit_id;
  const isComplete = commitSha === undefined || metadata.git_commit_message !== undefined;
  if (isComplete || github.token === '' || github.repository === '') return metadata;
  try {
    const message = await fetchCommitMessage({ github, commitSha, signal });
    return message === undefined ? metadata : withCommitMessage(metadata, message);
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? toLogText(error.message, 300) : 'no reason given';
    report.debug(`The commit's message could not be read from GitHub, and is left out: ${reason}`);
    return metadata;
  }
}
