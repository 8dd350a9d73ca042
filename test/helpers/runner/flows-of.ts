import type { FlowResult, RunnerResult } from '../../../server/runner/contract.ts';

/** The flows of a run as they end, without warnings. */
export async function* flowsOf(results: AsyncIterable<RunnerResult>): AsyncGenerator<FlowResult> {
  for await (const result of results) {
    if ('flow' in result) {
      yield result.flow;
    }
  }
}
