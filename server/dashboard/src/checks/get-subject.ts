import type { Check } from '../../../features/checks/schema.ts';

/** What a check is about, in a line; empty where neither a commit nor a pull request was told. */
export function findSubject({ metadata }: Pick<Check, 'metadata'>): string {
  const { git_commit_message: message = '', pull_request_name: name = '' } = metadata;
  const [subject = ''] = message.trim().split('\n');
  return subject.trim() || name.trim();
}

/** The same for a row of a list: else the branch, or the check's id. */
export function getSubject(check: Pick<Check, 'metadata' | 'id'>): string {
  const { branch } = check.metadata;
  return findSubject(check) || (branch ? `Check of ${branch}` : `Check ${check.id.slice(0, 8)}`);
}
