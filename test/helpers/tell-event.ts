import { createTriggerMetadata, type MetadataInputs } from '../../action/src/trigger-metadata.ts';
import type { WorkflowEvent } from '../../action/src/workflow-event.ts';

const NOTHING: MetadataInputs = {
  appUrl: '',
  discoverFlows: false,
  branch: '',
  commitSha: '',
  commitMessage: '',
  pullRequestNumber: '',
  pullRequestTitle: '',
};

/** What a trigger says of an event, of which only what is given is known. */
export function tell(event: Partial<WorkflowEvent>, inputs: Partial<MetadataInputs> = {}) {
  return createTriggerMetadata(
    { ...NOTHING, ...inputs },
    { name: '', payload: {}, sha: '', ref: '', headRef: '', actor: '', ...event },
  );
}
