import * as core from '@actions/core';
import { ActionError } from './errors.ts';
import { readInputs } from './inputs.ts';
import { run } from './main.ts';
import { createReport } from './report.ts';
import { listenForStop } from './stop-signals.ts';

/** The process: whatever goes wrong, from the first input on, ends in one failed step with one message. */
async function start(): Promise<void> {
  const report = createReport();
  const stop = listenForStop(process);
  try {
    const inputs = readInputs({ environment: process.env, mask: core.setSecret });
    const { serverUrl, appId, apiKey } = inputs;
    await run(inputs, {
      report,
      stop,
      connection: {
        serverUrl,
        appId,
        apiKey,
        onExchange: ({ method, path, outcome, ms }) =>
          report.debug(`${method} ${path}: ${outcome} after ${ms} ms`),
      },
    });
  } catch (error) {
    core.setFailed(describe(error));
  }
}

function describe(error: unknown): string {
  if (error instanceof ActionError) return error.message;
  return `Qassandra's action failed in a way it does not know: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}

void start();
