import { afterEach, describe, expect, test } from '@jest/globals';
import { CheckError, type FlowResult, RunnerLostError } from '../../../server/runner/contract.ts';
import { type ProcessRunner, startRunner } from '../../../server/runner/start-runner.ts';
import { createTarget } from '../../helpers/network/walk-site.ts';
import { flowsOf } from '../../helpers/runner/flows-of.ts';

const MAIN = new URL('../../helpers/runner/misbehaving-main.ts', import.meta.url);

const runners: ProcessRunner[] = [];
afterEach(() => {
  for (const runner of runners.splice(0)) {
    runner.stop();
  }
});

function start(limits: { silentMs?: number; heapMb?: number; memoryMb?: number } = {}): ProcessRunner {
  const runner = startRunner({ privateTargets: 'allow', main: MAIN, limits: { silentMs: 1_000, ...limits } });
  runners.push(runner);
  return runner;
}

interface Run {
  readonly about: { readonly pid: number; readonly variables: string[]; readonly arguments: string[] };
  readonly flows: readonly FlowResult[];
  readonly error: unknown;
}

/** Runs a check of `path` to its end. `onStarted` gets the id of its process. */
async function run(
  runner: ProcessRunner,
  path: string,
  { signal = new AbortController().signal, onStarted = (_pid: number) => {} } = {},
): Promise<Run> {
  const flows: FlowResult[] = [];
  let about: Run['about'] | undefined;
  let error: unknown;
  try {
    for await (const flow of flowsOf(runner.run(createTarget(`http://app.test${path}`), { signal }))) {
      if (about === undefined) {
        about = JSON.parse(flow.name);
        onStarted(about?.pid ?? 0);
      } else {
        flows.push(flow);
      }
    }
  } catch (caught) {
    error = caught;
  }
  if (about === undefined) {
    throw new Error('The process said nothing.', { cause: error });
  }
  return { about, flows, error };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function waitForEnd(pid: number): Promise<void> {
  while (isAlive(pid)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the process of a check', () => {
  test('is used again for the next check, but not for a check at the same time', async () => {
    const runner = start();
    const first = await run(runner, '/');
    const second = await run(runner, '/');
    expect(second.about.pid).toBe(first.about.pid);
    const [one, other] = await Promise.all([run(runner, '/'), run(runner, '/')]);
    expect(one.about.pid).not.toBe(other.about.pid);
  });

  test('gets no address or secret in a variable or an argument', async () => {
    process.env.DATABASE_URL_OF_TEST = 'postgres://user:secret@database.test/qassandra';
    try {
      const { about } = await run(start(), '/');
      expect(about.variables.filter((name) => !/^(PATH|TZ|LANG|NODE_|SSL_CERT_)/.test(name))).toEqual([]);
      expect(about.arguments.join()).not.toContain('secret');
    } finally {
      delete process.env.DATABASE_URL_OF_TEST;
    }
  });

  test('is ended when it does not answer, and the flow under way fails', async () => {
    const { about, flows, error } = await run(start(), '/hang');
    expect(error).toBeUndefined();
    expect(flows).toEqual([
      {
        name: 'GET /costly',
        status: 'failed',
        duration_ms: expect.any(Number),
        error: 'took more than 1 s to read, so the check stopped there',
        cause: 'took more than 1 s to read, so the check stopped there',
      },
    ]);
    await waitForEnd(about.pid);
  });

  test.each([
    ['its heap', '/fill-heap', { heapMb: 64, memoryMb: 512 }],
    ['its buffers', '/fill-buffers', { heapMb: 64, memoryMb: 256 }],
  ])('is ended when it fills %s, and the flow under way fails', async (_what, path, limits) => {
    const { about, flows } = await run(start({ silentMs: 20_000, ...limits }), path);
    expect(flows).toEqual([
      expect.objectContaining({
        name: 'GET /large',
        status: 'failed',
        error: `took more than ${limits.memoryMb} MB of memory to read, so the check stopped there`,
      }),
    ]);
    await waitForEnd(about.pid);
  });

  test('leaves the checks in other processes alone when it is ended', async () => {
    const runner = start();
    const abort = new AbortController();
    const { promise: isRunning, resolve } = Promise.withResolvers<number>();
    const other = run(runner, '/wait', { signal: abort.signal, onStarted: resolve });
    await isRunning;
    await run(runner, '/hang');
    expect(isAlive(await isRunning)).toBe(true);
    abort.abort(new Error('enough'));
    expect((await other).error).toEqual(new Error('enough'));
  });

  test('is lost if it is killed from outside, and the next check gets another one', async () => {
    const runner = start();
    const abort = new AbortController();
    const { about, error } = await run(runner, '/wait', {
      signal: abort.signal,
      onStarted: (pid) => process.kill(pid, 'SIGKILL'),
    });
    expect(error).toBeInstanceOf(RunnerLostError);
    expect((await run(runner, '/')).about.pid).not.toBe(about.pid);
  });

  test.each([
    ['ends by itself', '/exit'],
    ['hangs before it reads a page', '/hang-unnamed'],
  ])('is lost, without blaming a flow, if it %s', async (_what, path) => {
    const { flows, error } = await run(start(), path);
    expect(flows).toEqual([]);
    expect(error).toBeInstanceOf(RunnerLostError);
  });

  test('reports that the check cannot run', async () => {
    const { error } = await run(start(), '/refuse');
    expect(error).toEqual(new CheckError('The app is unreachable.'));
    expect(error).toBeInstanceOf(CheckError);
  });

  test('reports a fault of the runner, with its stack for the log', async () => {
    const { error } = await run(start(), '/throw');
    expect(String(error)).toContain('it broke');
    expect(error).not.toBeInstanceOf(CheckError);
  });

  test('ends an aborted check with the reason, and is used again', async () => {
    const runner = start();
    const abort = new AbortController();
    const { about, error } = await run(runner, '/wait', {
      signal: abort.signal,
      onStarted: () => abort.abort(new Error('cancelled')),
    });
    expect(error).toEqual(new Error('cancelled'));
    expect((await run(runner, '/')).about.pid).toBe(about.pid);
  });

  test('is killed when it does not end an aborted check', async () => {
    const abort = new AbortController();
    const { about, error } = await run(start({ silentMs: 60_000 }), '/hang', {
      signal: abort.signal,
      onStarted: () => abort.abort(new Error('cancelled')),
    });
    expect(error).toEqual(new Error('cancelled'));
    await waitForEnd(about.pid);
  });

  test('is not used again while an abandoned check may still run in it', async () => {
    const runner = start();
    const { signal } = new AbortController();
    let left = 0;
    for await (const { name } of flowsOf(runner.run(createTarget('http://app.test/wait'), { signal }))) {
      left = JSON.parse(name).pid;
      break;
    }
    expect((await run(runner, '/')).about.pid).not.toBe(left);
    await waitForEnd(left);
  });

  test('ends with the runner', async () => {
    const runner = start();
    const { about } = await run(runner, '/');
    runner.stop();
    await waitForEnd(about.pid);
  });
});

test('the real process refuses a check without flows if its link check is switched off', async () => {
  const runner = startRunner({ privateTargets: 'allow' });
  runners.push(runner);
  const target = createTarget('http://app.test', { links: false });
  const results = runner.run(target, { signal: new AbortController().signal })[Symbol.asyncIterator]();
  await expect(results.next()).rejects.toThrow(
    new CheckError(
      'There is nothing to check: the app has no flows, and its check settings switch the link check off. Set links to true there.',
    ),
  );
});
