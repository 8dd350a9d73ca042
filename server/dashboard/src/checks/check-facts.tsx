import type { ReactNode } from 'react';
import type { App } from '../../../features/apps/schema.ts';
import type { Check } from '../../../features/checks/schema.ts';
import { CopyText } from '../ui/copy/copy-text.tsx';
import { formatDuration, Time } from '../ui/time.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { describeTrigger, getDurationMs, getWaitMs } from './describe-check.ts';
import { Commit, PullRequest } from './source-links.tsx';

interface CheckFactsProps {
  readonly check: Check;
  readonly app: App | undefined;
}

/** Who asked for the check, why and when, what was checked, and where the check is to be found. */
export function CheckFacts({ check, app }: CheckFactsProps) {
  const { metadata } = check;
  const source = { metadata, repositoryUrl: app?.repository_url };
  const url = metadata.app_url ?? app?.url;
  return (
    <dl className="facts">
      <dt>Triggered by</dt>
      <dd>
        {describeTrigger(check)}, <Time at={check.created_at} />
      </dd>
      {check.is_trial && (
        <Fact name="Trial">Tried other settings than the app's, so it says nothing about a branch.</Fact>
      )}
      {(metadata.git_commit_id || metadata.git_commit_message) && (
        <Fact name="Commit">
          <Commit {...source} /> <Message text={metadata.git_commit_message ?? ''} />
        </Fact>
      )}
      {(metadata.pull_request_id || metadata.pull_request_name) && (
        <Fact name="Pull request">
          <PullRequest {...source} hasName />
        </Fact>
      )}
      {metadata.branch && <Fact name="Branch">{metadata.branch}</Fact>}
      {url && (
        <Fact name="Tested URL">
          <WebLink to={url}>{url}</WebLink>
        </Fact>
      )}
      <Timing check={check} />
      <Fact name="Link to share">
        <CopyText text={check.url} what="the link to this check" />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Timing({ check }: { readonly check: Check }) {
  const waited = getWaitMs(check);
  const ran = getDurationMs(check);
  return (
    waited !== null && (
      <Fact name="Time">
        Waited {formatDuration(waited)} for a runner{ran !== null && `, ran for ${formatDuration(ran)}`}
      </Fact>
    )
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
