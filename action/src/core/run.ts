import type { EndedCheck } from '../client/answers.ts';
import { CheckFailedError, messageOf } from '../lib/errors.ts';
import { compareWithMain } from './compare-with-main.ts';
import { warnOfConnection } from './connection.ts';
import type { Comparison, RunInputs, RunPorts } from './contracts.ts';
import { followCheck } from './follow-check.ts';
import { startCheck } from './start-check.ts';
import { describeResult, listFailConditions } from './verdict.ts';

/** Triggers a check, waits for it and reports it. Throws in every case that must not pass. */
export async function run(inputs: RunInputs, ports: RunPorts): Promise<void> {
  const { report, stop } = ports;
  const deadline = performance.now() + inputs.timeoutMs;
  warnOfConnection(inputs, ports);
  const receipt = await startCheck(inputs, ports, { deadline });
  report.triggered(receipt);
  if (!inputs.wait && !stop.requested.aborted) {
    await report.finish({ receipt, check: undefined, status: receipt.status, conclusion: null });
    return;
  }

  const check = await followCheck(inputs, ports, { receipt, deadline });
  const { status, conclusion } = check;
  const failing = listFailConditions(check).find((condition) => inputs.failOn.includes(condition));
  const isFailing = failing !== undefined;
  report.ended(check, { isFailing });
  const comparison = await tryToCompare(check, ports);
  await report.finish({ receipt, check, status, conclusion, comparison });
  if (!isFailing) {
    return;
  }
  const why = failing === 'success' ? ` ${ports.connection.words.failOn} names \`success\`.` : '';
  throw new CheckFailedError(failing, `${describeResult(check)}${why} See ${receipt.check_url}`);
}

/** The comparison is extra information: if it fails, nothing else changes. */
async function tryToCompare(check: EndedCheck, ports: RunPorts): Promise<Comparison | undefined> {
  const { connection, report, stop } = ports;
  try {
    return await compareWithMain({ connection, check, signal: stop.requested });
  } catch (error) {
    report.debug(`Not compared with the main branch: ${messageOf(error)}`);
    return undefined;
  }
}
