import { CheckFailedError } from './errors.ts';
import { followCheck } from './follow-check.ts';
import { type RunInputs, sendsKeyInTheClear } from './inputs.ts';
import type { RunPorts } from './ports.ts';
import { startCheck } from './start-check.ts';
import { describeResult } from './verdict.ts';

/** Triggers a check, waits for it and reports it. Throws whatever must not end green. */
export async function run(inputs: RunInputs, ports: RunPorts): Promise<void> {
  const { report, stop } = ports;
  const deadline = Date.now() + inputs.timeoutMs;
  if (sendsKeyInTheClear(inputs.serverUrl)) {
    report.warn(
      '`server-url` is an http address, so the API key crosses the network unencrypted: use https.',
    );
  }

  const receipt = await startCheck(inputs, ports, { deadline });
  report.triggered(receipt);
  if (!inputs.wait && !stop.requested.aborted) {
    await report.finish({ receipt, check: undefined, status: receipt.status, conclusion: null });
    return;
  }

  const check = await followCheck(inputs, ports, { receipt, deadline });
  const isFailing = inputs.failOn.includes(check.conclusion);
  report.ended(check, { isFailing });
  await report.finish({ receipt, check, status: check.status, conclusion: check.conclusion });
  if (isFailing) throw new CheckFailedError(`${describeResult(check)} See ${receipt.check_url}`);
}
