/** What the runner says about the event that started the workflow. */
export interface WorkflowEvent {
  /** For example `pull_request`. */
  readonly name: string;
  /** The webhook's payload, unchanged. */
  readonly payload: unknown;
  /** `GITHUB_SHA`; for a pull request, the merge commit's. */
  readonly sha: string;
  /** `GITHUB_REF`, for example `refs/heads/main`; for a pull request, the merge commit's. */
  readonly ref: string;
  /** `GITHUB_HEAD_REF`: the head branch of a pull request, else empty. */
  readonly headRef: string;
  /** The user who started the run. */
  readonly actor: string;
}
