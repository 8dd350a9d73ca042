/**
 * Loads GitHub's library, which costs more than all the rest of a step: only where GitHub is asked. As it is loaded
 * it parses the event's file, which it has no use for here, and throws where that is empty or begins with a byte order
 * mark; so it does not learn of the file. All that is wanted of the event has been read by then.
 */
export function loadGitHubLibrary(): Promise<typeof import('@actions/github')> {
  delete process.env.GITHUB_EVENT_PATH;
  return import('@actions/github');
}
