import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { CheckList } from '../../../features/checks/schema.ts';
import { formatDuration, Time } from '../ui/time.tsx';
import { Conclusion } from './conclusion.tsx';
import { describeTrigger, formatCounts, getDurationMs } from './describe-check.ts';
import { getSubject } from './get-subject.ts';
import { Commit, PullRequest } from './source-links.tsx';

type ListedCheck = CheckList['checks'][number];

interface CheckTableProps {
  readonly app: App;
  readonly checks: readonly ListedCheck[];
}

export function CheckTable({ app, checks }: CheckTableProps) {
  return (
    <table className="table checks">
      <caption className="visually-hidden">Checks, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Conclusion</th>
          <th scope="col">Check</th>
          <th scope="col">Branch</th>
          <th scope="col">Duration</th>
          <th scope="col">Triggered by</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <CheckRow key={check.id} app={app} check={check} />
        ))}
      </tbody>
    </table>
  );
}

function CheckRow({ app, check }: { readonly app: App; readonly check: ListedCheck }) {
  const duration = getDurationMs(check);
  return (
    <tr>
      <td>
        <Conclusion check={check} />
        <span className="hint check-counts">{formatCounts(check.counts)}</span>
      </td>
      <th scope="row">
        <Link to={`/apps/${app.alias}/checks/${check.id}`}>
          {getSubject(check)}
          {/* Tells rows with the same text apart. */}
          <span className="visually-hidden">, check {check.id.slice(0, 8)}</span>
        </Link>
        <Source
          metadata={check.metadata}
          repositoryUrl={app.repository_url}
          isTrial={check.is_trial ?? false}
        />
      </th>
      <Cell label="Branch">
        {check.metadata.branch && (
          <span className="clamped" title={check.metadata.branch}>
            {check.metadata.branch}
          </span>
        )}
      </Cell>
      <Cell label="Duration">{duration !== null && formatDuration(duration)}</Cell>
      <Cell label="Triggered by">{describeTrigger(check)}</Cell>
      <Cell label="When">
        <Time at={check.created_at} />
      </Cell>
    </tr>
  );
}

interface SourceProps extends ComponentProps<typeof Commit> {
  readonly isTrial: boolean;
}

/** Where the check comes from: commit and pull request, or that it only tried settings. */
function Source({ isTrial, ...source }: SourceProps) {
  const { git_commit_id: commit, pull_request_id: pull } = source.metadata;
  return (
    (isTrial || commit || pull) && (
      <span className="check-source">
        {isTrial && <span>Trial of settings</span>}
        <Commit {...source} />
        <PullRequest {...source} />
      </span>
    )
  );
}

/** A narrow screen shows the label beside the value, instead of the column's head. An empty cell shows none. */
function Cell({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return <td data-label={label}>{children}</td>;
}
