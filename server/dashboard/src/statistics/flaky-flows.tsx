import { Link } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { FlakyFlow, Statistics } from '../../../features/statistics/schema.ts';
import { Day, Time } from '../ui/time.tsx';

interface FlakyFlowsProps {
  readonly app: App;
  /** `undefined` while it loads. */
  readonly statistics: Statistics | undefined;
}

/** The flows that failed and passed without a change of the app. One line until it is opened. */
export function FlakyFlows({ app, statistics }: FlakyFlowsProps) {
  if (!statistics) {
    return <p className="flaky-line">Flaky flows: …</p>;
  }
  const { flaky_flows: flows, flaky_flows_total: total, flaky_flows_since: since } = statistics;
  if (total === 0) {
    return <p className="flaky-line">No flaky flows: none failed and passed on the same commit.</p>;
  }
  return (
    <details className="flaky">
      <summary className="flaky-line">
        {total === 1 ? '1 flaky flow' : `${total.toLocaleString('en')} flaky flows`}
      </summary>
      <p className="hint">
        Failed in one check and passed in another, of the same commit at the same address.
        {total > flows.length && ` The ${flows.length} with the most commits are listed.`}
        {since !== null && (
          <>
            {' '}
            There are very many flows: only checks since <Day at={since} /> were searched.
          </>
        )}
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col">Commits</th>
            <th scope="col">Failed</th>
            <th scope="col">Passed</th>
            <th scope="col">Last time</th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <FlakyRow key={flow.name} app={app} flow={flow} />
          ))}
        </tbody>
      </table>
    </details>
  );
}

function FlakyRow({ app, flow }: { readonly app: App; readonly flow: FlakyFlow }) {
  const checkPath = (id: string) => `/apps/${app.alias}/checks/${id}`;
  return (
    <tr>
      <th scope="row">{flow.name}</th>
      <td data-label="Commits">{flow.commits}</td>
      <td data-label="Failed">{flow.failed}</td>
      <td data-label="Passed">{flow.passed}</td>
      <td data-label="Last time">
        <Link to={checkPath(flow.failed_check_id)}>
          Failed<span className="visually-hidden"> check of {flow.name}</span>
        </Link>{' '}
        <Time at={flow.failed_at} />,{' '}
        <Link to={checkPath(flow.passed_check_id)}>
          passed<span className="visually-hidden"> check of {flow.name}</span>
        </Link>
      </td>
    </tr>
  );
}
