import type { ReactNode } from 'react';
import type { Check, Metadata } from '../../../features/checks/schema.ts';

/** What a check is of. Any of it was sent by a client, so it is text, and a link only where it can be one. */

interface WebLinkProps {
  readonly to: string | null | undefined;
  readonly children: ReactNode;
}

/** A link to an http or https URL; of anything else (`javascript:`, say) the text alone. */
export function WebLink({ to, children }: WebLinkProps) {
  return to && /^https?:\/\//i.test(to) && URL.canParse(to) ? (
    <a href={to} rel="noreferrer">
      {children}
    </a>
  ) : (
    children
  );
}

interface SourceProps {
  readonly metadata: Metadata;
  /** `https://github.com/OWNER/NAME`, where the app's settings have it. */
  readonly repositoryUrl: string | null | undefined;
}

const SHORT_SHA = 7;

export function Commit({ metadata, repositoryUrl }: SourceProps) {
  const id = metadata.git_commit_id;
  if (!id) {
    return null;
  }
  const isSha = /^[0-9a-f]{7,64}$/i.test(id);
  return (
    <WebLink to={isSha ? joinUrl(repositoryUrl, `commit/${id}`) : null}>
      <code>{isSha ? id.slice(0, SHORT_SHA) : id}</code>
    </WebLink>
  );
}

/** Its number, as GitHub writes it, and its name unless there is no room for that. */
export function PullRequest({
  metadata,
  repositoryUrl,
  hasName = false,
}: SourceProps & { readonly hasName?: boolean }) {
  const { pull_request_id: id, pull_request_name: name } = metadata;
  const isNumber = id !== undefined && /^\d+$/.test(id);
  return (
    <>
      {id && (
        <WebLink to={isNumber ? joinUrl(repositoryUrl, `pull/${id}`) : null}>
          {isNumber ? `#${id}` : id}
        </WebLink>
      )}
      {hasName && name && ` ${name}`}
    </>
  );
}

/** A page of the repository, whose address may be that of a clone. */
export function joinUrl(repositoryUrl: string | null | undefined, path: string): string | null {
  return repositoryUrl ? `${repositoryUrl.replace(/(\.git)?\/*$/, '')}/${path}` : null;
}

/** Who triggered the check, in the fewest words. */
export function describeTrigger(check: Pick<Check, 'triggered_by' | 'triggered_by_user'>): string {
  switch (check.triggered_by) {
    case 'api_key':
      return 'CI, by API key';
    case 'schedule':
      return 'Schedule';
    default:
      return check.triggered_by_user?.email ?? 'Somebody, on this dashboard';
  }
}

/** How long the check ran; `null` where it did not start or has not ended. */
export function getDurationMs(check: Pick<Check, 'started_at' | 'finished_at'>): number | null {
  return check.started_at && check.finished_at
    ? Math.max(0, Date.parse(check.finished_at) - Date.parse(check.started_at))
    : null;
}

/** `11 of 12 passed`, once there is a flow. */
export function formatCounts({ total, passed, skipped }: Check['counts']): string {
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  return total === 0 ? '' : `${passed} of ${total} passed${left}`;
}
