import { CheckError, type Runner, type RunnerResult, type RunOptions, type RunTarget } from './contract.ts';

/** A runner for one part of a check: the app's pages, its flows. */
export interface RunnerKind {
  /** Whether this check has something for it to do. */
  isNeeded(target: RunTarget): boolean;
  /** Called with the first check that needs it, and again if it fails: until then its code costs no memory. */
  load(): Promise<Runner>;
}

const NOTHING_TO_CHECK =
  'There is nothing to check: the app has no flows, and its check settings switch the link check off. Set links to true there.';

/**
 * One runner out of several kinds: runs those that a check needs at the same time, and yields their results as
 * they come. A check that needs no kind throws a `CheckError`: it must not pass.
 *
 * If a kind throws a `CheckError`, the others continue to their end and their results count. Then the `CheckError`
 * is thrown, so that the check ends as `error`: what one part found is worth reading, and a check of which a part
 * could not run must not pass. When several kinds throw one, the person reads all messages, each once. Any other
 * error is a fault of the server: it stops all kinds at once.
 */
export function joinRunners(kinds: readonly RunnerKind[]): Runner {
  return {
    async *run(target, { signal, onReading }) {
      const needed = kinds.filter((kind) => kind.isNeeded(target));
      if (needed.length === 0) {
        throw new CheckError(NOTHING_TO_CHECK);
      }
      const stop = new AbortController();
      const options = { signal: AbortSignal.any([signal, stop.signal]), onReading };
      const runs = needed.map((kind) => runKind(kind, target, options));
      try {
        const refusals = yield* mergeRuns(runs);
        throwRefusals(refusals);
      } finally {
        stop.abort();
        // Each kind closes what it opened before the check ends.
        await Promise.allSettled(runs.map((run) => run.return(undefined)));
      }
    },
  };
}

type Run = AsyncGenerator<RunnerResult, CheckError | undefined>;

/** Returns a `CheckError` instead of throwing it, so that it does not stop the other kinds. */
async function* runKind(kind: RunnerKind, target: RunTarget, options: RunOptions): Run {
  try {
    const runner = await kind.load();
    yield* runner.run(target, options);
    return undefined;
  } catch (error) {
    if (error instanceof CheckError) {
      return error;
    }
    throw error;
  }
}

/** Yields what `runs` yield, in the order in which it comes, and returns what they return, in their own order. */
async function* mergeRuns(runs: readonly Run[]): AsyncGenerator<RunnerResult, CheckError[]> {
  const refusals = new Map<Run, CheckError>();
  const known = new Map<Run, number>();
  const pending = new Map(runs.map((run) => [run, takeNext(run)]));
  while (pending.size > 0) {
    const { run, next } = await Promise.race(pending.values());
    // Set again, it is last in the race, so that a fast run does not keep the others waiting.
    pending.delete(run);
    if (next.done !== true) {
      yield sumKnown(next.value, run, known);
      pending.set(run, takeNext(run));
    } else if (next.value !== undefined) {
      refusals.set(run, next.value);
    }
  }
  return runs.flatMap((run) => refusals.get(run) ?? []);
}

/** Each run tells how many flows it knows of; the check knows of all of them. */
function sumKnown(result: RunnerResult, run: Run, known: Map<Run, number>): RunnerResult {
  if (!('flow' in result) || result.known === undefined) {
    return result;
  }
  known.set(run, result.known);
  return { ...result, known: [...known.values()].reduce((sum, flows) => sum + flows, 0) };
}

function takeNext(
  run: Run,
): Promise<{ run: Run; next: IteratorResult<RunnerResult, CheckError | undefined> }> {
  const taken = run.next().then((next) => ({ run, next }));
  // The race handles rejections. This handler keeps a rejection after the consumer has left from ending the process.
  taken.catch(() => undefined);
  return taken;
}

function throwRefusals(refusals: readonly CheckError[]): void {
  const [first, ...others] = refusals;
  if (first === undefined) {
    return;
  }
  if (others.length === 0) {
    throw first;
  }
  const messages = new Set(refusals.map(({ message }) => message));
  throw new CheckError([...messages].join(' '));
}
