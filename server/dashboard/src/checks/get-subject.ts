import type { Check } from '../../../features/checks/schema.ts';

/** What a check is about, in a line: the first line of the commit's message, else the pull request or the branch. */
export function getSubject({ metadata, id }: Pick<Check, 'metadata' | 'id'>): string {
  const { git_commit_message: message = '', pull_request_name: name = '', branch } = metadata;
  const subject = message.trim().split('\n')[0]?.trim() || name.trim();
  return subject || (branch ? `Check of ${branch}` : `Check ${id.slice(0, 8)}`);
}
