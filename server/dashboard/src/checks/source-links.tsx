import type { Metadata } from '../../../features/checks/schema.ts';
import { joinRepositoryUrl } from '../apps/join-repository-url.ts';
import { WebLink } from '../ui/web-link.tsx';

/** Clients send this text, so a value is a link only if it has the form of a commit or pull request. */
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
    <WebLink to={isSha ? joinRepositoryUrl(repositoryUrl, `commit/${id}`) : null}>
      <code>{isSha ? id.slice(0, SHORT_SHA) : id}</code>
    </WebLink>
  );
}

/** The number, as GitHub writes it; with the name where there is room for it. */
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
        <WebLink to={isNumber ? joinRepositoryUrl(repositoryUrl, `pull/${id}`) : null}>
          {isNumber ? `#${id}` : id}
        </WebLink>
      )}
      {hasName && name && ` ${name}`}
    </>
  );
}
