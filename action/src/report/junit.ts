import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { CheckView, TriggerReceipt } from '../client/answers.ts';
import type { Outcome } from '../core/contracts.ts';
import { type Failure, listFailures } from '../core/failures.ts';
import { describeIncomplete, describeResult } from '../core/verdict.ts';
import { countOf, toCharacterReference } from '../lib/text.ts';

/** A test case before it is written. */
interface Case {
  readonly name: string;
  readonly ms: number;
  /** The element that says what is wrong; absent if nothing is. */
  readonly result?: string;
}

/**
 * Creates JUnit XML as GitLab and Jenkins read it, the latter by its xUnit schema: one test case a flow, but one for all
 * flows that failed for the same reason, since readers count test cases.
 */
export function createJunit(receipt: TriggerReceipt, outcome: Outcome): string {
  const { check } = outcome;
  const suite = receipt.app_name || 'Qassandra';
  const failures = listFailures(check?.flows ?? []);
  const problems = listProblems(outcome, failures);
  const cases = [...createCases(check?.flows ?? [], failures), ...problems];
  const counts = {
    tests: String(cases.length),
    failures: String(failures.length),
    errors: String(problems.length),
    time: toSeconds(cases.reduce((sum, { ms }) => sum + ms, 0)),
  };
  const parts = [...nameApart(cases).map((named) => writeCase(suite, named)), ...writeWarnings(check)];
  const attributes = {
    name: suite,
    ...counts,
    skipped: String(check?.counts.skipped ?? 0),
    ...(check?.started_at && { timestamp: check.started_at }),
  };
  const body = createElement('testsuite', attributes, parts.join('\n'));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${createElement('testsuites', { name: 'Qassandra', ...counts }, body)}\n`;
}

/** In the order of the flows; a failure stands where its first flow does. */
function createCases(flows: readonly FlowResult[], failures: readonly Failure[]): Case[] {
  const failureOf = new Map(failures.map((failure) => [failure.flows[0], failure]));
  return flows.flatMap((flow) => {
    const { name, status, error, duration_ms: ms } = flow;
    const failure = failureOf.get(flow);
    if (failure !== undefined) {
      return [createFailedCase(failure)];
    }
    if (status === 'skipped') {
      return [{ name, ms, result: createElement('skipped', {}, escapeXml(error ?? '')) }];
    }
    return status === 'passed' ? [{ name, ms }] : [];
  });
}

function createFailedCase({ reason, flows }: Failure): Case {
  const [{ name }, ...others] = flows;
  const message = others.length === 0 ? reason : `${reason} (${countOf(flows.length, 'flow')})`;
  const places = flows.map((flow) => (isMore(flow, reason) ? `${flow.name}: ${flow.error}` : flow.name));
  const text = others.length === 0 ? reason : `${message}\n\n${places.join('\n')}`;
  return {
    name: others.length === 0 ? name : reason,
    ms: flows.reduce((sum, { duration_ms }) => sum + duration_ms, 0),
    result: createElement('failure', { message }, escapeXml(text)),
  };
}

/** Whether a flow says more than what it has in common with others. */
function isMore({ error }: FlowResult, reason: string): boolean {
  return error !== null && error !== reason;
}

/** What is wrong with a check beside its failures, as errors that belong to no flow: no result, or an incomplete one. */
function listProblems({ check, conclusion, problem }: Outcome, failures: readonly Failure[]): Case[] {
  const isJudged = conclusion === 'success' || (conclusion === 'failure' && failures.length > 0);
  const ended =
    check && conclusion !== null && !isJudged ? describeResult({ ...check, conclusion }) : undefined;
  const incomplete = check?.incomplete
    ? `The check is incomplete: ${describeIncomplete(check.incomplete)}`
    : undefined;
  return [isJudged ? undefined : (problem ?? ended), incomplete]
    .filter((message) => message !== undefined)
    .map((message) => ({
      name: 'The check',
      ms: 0,
      result: createElement('error', { message }, escapeXml(message)),
    }));
}

/** GitLab keeps only the last of several test cases with the same name. */
function nameApart(cases: readonly Case[]): Case[] {
  const seen = new Map<string, number>();
  return cases.map((one) => {
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    return count === 1 ? one : { ...one, name: `${one.name} (${count})` };
  });
}

function writeCase(classname: string, { name, ms, result = '' }: Case): string {
  return createElement('testcase', { name, classname, time: toSeconds(ms) }, result);
}

function writeWarnings(check: CheckView | undefined): string[] {
  const warnings = check?.warnings ?? [];
  return warnings.length === 0 ? [] : [createElement('system-out', {}, escapeXml(warnings.join('\n')))];
}

function createElement(name: string, attributes: Readonly<Record<string, string>>, body: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`);
  return body === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${body}</${name}>`;
}

/** XML 1.0 cannot represent most control characters: they become replacement characters. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>\r]/g, toCharacterReference);
}

/** XML readers turn line breaks and tabs of an attribute into spaces. */
function escapeAttribute(text: string): string {
  return escapeXml(text).replace(/["'\t\n]/g, toCharacterReference);
}

function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
