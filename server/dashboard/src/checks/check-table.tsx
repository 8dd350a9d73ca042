import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { CheckList } from '../../../features/checks/schema.ts';
import { formatDuration, Time } from '../ui/time.tsx';
import { Conclusion } from './conclusion.tsx';
import { describeTrigger, formatCounts, getDurationMs } from './describe-check.ts';
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
          <th scope="col">Check</th>
          <th scope="col">Branch</th>
          <th scope="col">Commit</th>
          <th scope="col">Pull request</th>
          <th scope="col">Flows</th>
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
  const source = { metadata: check.metadata, repositoryUrl: app.repository_url };
  return (
    <tr>
      <th scope="row">
        <Link to={`/apps/${app.alias}/checks/${check.id}`}>
          <Conclusion check={check} />
          {/* Tells rows with the same text apart. */}
          <span className="visually-hidden">, check {check.id.slice(0, 8)}</span>
        </Link>
      </th>
      <Cell label="Branch">{check.metadata.branch}</Cell>
      <Cell label="Commit">{check.metadata.git_commit_id && <Commit {...source} />}</Cell>
      <Cell label="Pull request">{check.metadata.pull_request_id && <PullRequest {...source} />}</Cell>
      <Cell label="Flows">{formatCounts(check.counts)}</Cell>
      <Cell label="Duration">{duration !== null && formatDuration(duration)}</Cell>
      <Cell label="Triggered by">{describeTrigger(check)}</Cell>
      <Cell label="When">
        <Time at={check.created_at} />
      </Cell>
    </tr>
  );
}

/** A narrow screen shows the label beside the value, instead of the column's head. An empty cell shows none. */
function Cell({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return <td data-label={label}>{children}</td>;
}
