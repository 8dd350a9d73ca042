import type { FlowResult } from '../../../server/features/checks/schema.ts';
import type { TriggerReceipt } from '../client/answers.ts';
import type { Outcome } from '../core/contracts.ts';
import { describeResult } from '../core/verdict.ts';

/** Creates JUnit XML in the form that test reporters have in common: one test case per flow. */
export function createJunit(receipt: TriggerReceipt, outcome: Outcome): string {
  const { check } = outcome;
  const suite = receipt.app_name || 'Qassandra';
  const cases = (check?.flows ?? []).map((flow) => createCase(suite, flow));
  const problem = describeProblem(outcome);
  if (problem !== undefined) {
    cases.push(createElement('testcase', { name: 'The check', classname: suite, time: '0' }, problem));
  }
  const failures = check?.counts.failed ?? 0;
  const counts = {
    tests: String(cases.length),
    failures: String(failures),
    errors: problem === undefined ? '0' : '1',
    skipped: String(check?.counts.skipped ?? 0),
    time: toSeconds((check?.flows ?? []).reduce((sum, flow) => sum + flow.duration_ms, 0)),
  };
  const timestamp = check?.started_at ? { timestamp: check.started_at } : {};
  const body = createElement('testsuite', { name: suite, ...counts, ...timestamp }, cases.join('\n'));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${createElement('testsuites', { name: 'Qassandra', ...counts }, body)}\n`;
}

function createCase(suite: string, flow: FlowResult): string {
  const attributes = { name: flow.name, classname: suite, time: toSeconds(flow.duration_ms) };
  const error = flow.error ?? 'no reason given';
  switch (flow.status) {
    case 'failed':
      return createElement(
        'testcase',
        attributes,
        createElement('failure', { message: error }, escapeXml(error)),
      );
    case 'skipped':
      return createElement('testcase', attributes, createElement('skipped', {}, ''));
    default:
      return createElement('testcase', attributes, '');
  }
}

/** Describes a check that did not finish, as an error that belongs to no flow. */
function describeProblem({ check, conclusion, problem }: Outcome): string | undefined {
  if (conclusion === 'success' || conclusion === 'failure') {
    return undefined;
  }
  const ended = check && conclusion !== null ? describeResult({ ...check, conclusion }) : undefined;
  const message = problem ?? ended;
  return message === undefined ? undefined : createElement('error', { message }, escapeXml(message));
}

function createElement(name: string, attributes: Readonly<Record<string, string>>, body: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return body === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${body}</${name}>`;
}

/** XML 1.0 cannot represent most control characters: they become replacement characters. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
