import {
  CheckError,
  type Incomplete,
  type Runner,
  RunnerLostError,
  type RunnerResult,
  type StepResult,
} from '../../../runner/contract.ts';
import type { FlowResult } from '../schema.ts';
import type { Mask } from './create-mask.ts';

/** The runner with masked results and errors: nothing else of a check is stored, logged or shown. */
export function maskRunner(runner: Runner, mask: Mask): Runner {
  return {
    async *run(target, options) {
      try {
        for await (const result of runner.run(target, options)) {
          yield maskResult(result, mask);
        }
      } catch (error) {
        throw maskError(error, mask);
      }
    },
  };
}

function maskResult(result: RunnerResult, mask: Mask): RunnerResult {
  if ('warning' in result) {
    return { warning: mask(result.warning) };
  }
  if ('incomplete' in result) {
    const incomplete: Incomplete = { ...result.incomplete, message: mask(result.incomplete.message) };
    return { incomplete };
  }
  const { flow, steps } = result;
  return {
    ...result,
    flow: maskFlow(flow, mask),
    ...(steps && { steps: steps.map((step) => maskStep(step, mask)) }),
  };
}

function maskFlow(flow: FlowResult, mask: Mask): FlowResult {
  const { name, error, cause } = flow;
  return {
    ...flow,
    name: mask(name),
    error: error === null ? null : mask(error),
    cause: cause === null ? null : mask(cause),
  };
}

function maskStep(step: StepResult, mask: Mask): StepResult {
  const { description, error } = step;
  return { ...step, description: mask(description), error: error === null ? null : mask(error) };
}

/** For an unknown error, the log needs the stack. */
function maskError(error: unknown, mask: Mask): unknown {
  if (error instanceof RunnerLostError) {
    return error;
  }
  if (error instanceof CheckError) {
    return new CheckError(mask(error.message));
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const masked = new Error('The runner failed.');
  masked.stack = mask(text);
  return masked;
}
