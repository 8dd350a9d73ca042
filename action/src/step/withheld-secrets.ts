import type { WorkflowEvent } from '../core/metadata/workflow-event.ts';
import { textAt, valueAt } from '../lib/json.ts';

const DEPENDABOT = 'dependabot[bot]';

/** For these events a run started by Dependabot reads the Dependabot secrets; for others, the Actions secrets. */
const DEPENDABOT_EVENTS = [
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'push',
  'create',
  'deployment',
  'deployment_status',
];

/** Explains why the workflow gets no secrets for this event; returns undefined if it should get them. */
export function explainWithheldSecrets(event: WorkflowEvent): string | undefined {
  const isDependabots = event.actor === DEPENDABOT;
  const author = textAt(event.payload, 'pull_request', 'user', 'login');
  if (isDependabots && event.name === 'pull_request_target' && author === DEPENDABOT) {
    return 'This pull request is of Dependabot, and GitHub gives the runs of `pull_request_target` for it no secrets: have the workflow run on `pull_request`, where they read the Dependabot secrets, and add the key under Settings → Secrets and variables → Dependabot.';
  }
  if (isDependabots && DEPENDABOT_EVENTS.includes(event.name)) {
    return "Dependabot started this run, and its runs read the Dependabot secrets, not the Actions secrets: add the key under Settings → Secrets and variables → Dependabot too, or leave the step out with `if: github.actor != 'dependabot[bot]'`.";
  }
  if (event.name !== 'pull_request_target' && isFromFork(event)) {
    return 'This pull request comes from a fork, and GitHub gives such runs no secrets: leave the step out with `if: github.event.pull_request == null || github.event.pull_request.head.repo.full_name == github.repository`, and let the check run after the merge.';
  }
  return undefined;
}

/** A deleted head repository was a fork: the base repository exists. */
function isFromFork(event: WorkflowEvent): boolean {
  if (valueAt(event.payload, 'pull_request', 'head') === undefined) {
    return false;
  }
  const head = textAt(event.payload, 'pull_request', 'head', 'repo', 'full_name');
  return head !== textAt(event.payload, 'repository', 'full_name');
}
