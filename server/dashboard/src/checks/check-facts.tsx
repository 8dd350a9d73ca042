import type { App } from '../../../features/apps/schema.ts';
import type { Check } from '../../../features/checks/schema.ts';
import { Time } from '../ui/time.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { describeTrigger } from './describe-check.ts';
import { Commit, PullRequest } from './source-links.tsx';

interface CheckFactsProps {
  readonly check: Check;
  readonly app: App | undefined;
}

/** What was checked, who asked for it and when. */
export function CheckFacts({ check, app }: CheckFactsProps) {
  const { metadata } = check;
  const source = { metadata, repositoryUrl: app?.repository_url };
  const url = metadata.app_url ?? app?.url;
  return (
    <dl className="facts">
      {(metadata.git_commit_id || metadata.git_commit_message) && (
        <>
          <dt>Commit</dt>
          <dd>
            <Commit {...source} /> <Message text={metadata.git_commit_message ?? ''} />
          </dd>
        </>
      )}
      {(metadata.pull_request_id || metadata.pull_request_name) && (
        <>
          <dt>Pull request</dt>
          <dd>
            <PullRequest {...source} hasName />
          </dd>
        </>
      )}
      {metadata.branch && (
        <>
          <dt>Branch</dt>
          <dd>{metadata.branch}</dd>
        </>
      )}
      {url && (
        <>
          <dt>Tested URL</dt>
          <dd>
            <WebLink to={url}>{url}</WebLink>
          </dd>
        </>
      )}
      <dt>Triggered by</dt>
      <dd>
        {describeTrigger(check)}, <Time at={check.created_at} />
      </dd>
    </dl>
  );
}

/** The first line of a commit's message. The rest may be long, so it opens on demand. */
function Message({ text }: { readonly text: string }) {
  const [subject = '', ...rest] = text.trim().split('\n');
  const body = rest.join('\n').trim();
  return (
    <>
      {subject}
      {body && (
        <details>
          <summary>The rest of the message</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="check-message" tabIndex={0} aria-label="The rest of the message">
            {body}
          </section>
        </details>
      )}
    </>
  );
}
