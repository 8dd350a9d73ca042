import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CheckError, type Runner, type RunnerResult } from '../../server/runner/contract.ts';
import { joinRunners, type RunnerKind } from '../../server/runner/join-runners.ts';
import { createLinkWalker } from '../../server/runner/link-walker/link-walker.ts';
import { createNetworkPolicy } from '../../server/runner/network/network-policy.ts';
import { startHttpSite } from '../helpers/network/raw-site.ts';
import { type Site, startSite } from '../helpers/network/site.ts';
import { createTarget } from '../helpers/network/walk-site.ts';
import { failed, passed } from '../helpers/server/checks.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({ '/': '<a href="/next">x</a>', '/next': 'x' });
});
afterAll(() => site.stop());

const { signal } = new AbortController();

const linkWalker: RunnerKind = {
  isNeeded: () => true,
  load: async () => createLinkWalker({ policy: createNetworkPolicy({ privateTargets: 'allow' }) }),
};

/** What a browser would yield: a result with steps and a picture. */
const SHOPPING: RunnerResult = {
  flow: failed('Buy a book', 'Step 2, click Pay: the button is covered'),
  steps: [
    { description: 'open /books', status: 'passed', duration_ms: 40, error: null },
    { description: 'click Pay', status: 'failed', duration_ms: 900, error: 'the button is covered' },
  ],
  files: [{ name: 'step-2.png', type: 'image/png', bytes: new Uint8Array([137, 80, 78, 71]) }],
};

function createKind(run: Runner['run'], isNeeded: RunnerKind['isNeeded'] = () => true): RunnerKind {
  return { isNeeded, load: async () => ({ run }) };
}

const shopper = createKind(async function* () {
  yield SHOPPING;
});

/** The results of one check by `kinds`, and what it threw. */
async function runAll(kinds: readonly RunnerKind[], options = { signal }, url = site.url) {
  const results: RunnerResult[] = [];
  const error = await (async () => {
    for await (const result of joinRunners(kinds).run(createTarget(url), options)) {
      results.push(result);
    }
  })().catch((thrown: unknown) => thrown);
  return { results, error, names: namesOf(results).sort() };
}

function namesOf(results: readonly RunnerResult[]): string[] {
  return results.flatMap((result) => ('flow' in result ? result.flow.name : []));
}

test('tells how many flows all kinds know of, as far as they have told', async () => {
  const createKnowing = (knowns: readonly number[]) =>
    createKind(async function* () {
      for (const known of knowns) {
        yield { flow: passed(`GET /${known}`), known };
      }
    });
  const { results } = await runAll([createKnowing([5, 7]), shopper, createKnowing([10])]);
  const known = results.flatMap((result) => ('flow' in result ? (result.known ?? []) : []));
  expect(Math.max(...known)).toBe(17);
  expect(results.filter((result) => 'known' in result)).toHaveLength(3);
  const walked = await runAll([linkWalker]);
  expect(walked.results.map((result) => ('known' in result ? result.known : undefined))).toEqual([2, 2]);
});

test('yields the results of two kinds of runner in one check, with their steps and files', async () => {
  const { results, error, names } = await runAll([linkWalker, shopper]);

  expect(error).toBeUndefined();
  expect(names).toEqual(['Buy a book', 'GET /', 'GET /next']);
  expect(results).toContainEqual(SHOPPING);
});

test('a result can be sent to another process', () => {
  expect(structuredClone(SHOPPING)).toEqual(SHOPPING);
});

test('yields a result as soon as it is there, whichever kind it is of', async () => {
  const slow = createKind(async function* () {
    yield { flow: passed('slow 1') };
    await sleep(300);
    yield { flow: passed('slow 2') };
  });
  const fast = createKind(async function* () {
    await sleep(100);
    yield { flow: passed('fast') };
  });
  const { results } = await runAll([slow, fast]);

  expect(namesOf(results)).toEqual(['slow 1', 'fast', 'slow 2']);
});

test('a kind that always has a result ready does not keep another one waiting', async () => {
  const createCounter = (name: string) =>
    createKind(async function* () {
      for (let count = 0; count < 50; count += 1) {
        yield { flow: passed(name) };
      }
    });
  const { results } = await runAll([createCounter('a'), createCounter('b')]);

  expect(namesOf(results.slice(0, 10))).toContain('b');
  expect(results).toHaveLength(100);
});

test('loads only the kinds that a check needs', async () => {
  let loaded = 0;
  const browser: RunnerKind = {
    isNeeded: ({ flows }) => flows.length > 0,
    load: async () => {
      loaded += 1;
      return { run: async function* () {} };
    },
  };
  const { names } = await runAll([linkWalker, browser]);

  expect(names).toEqual(['GET /', 'GET /next']);
  expect(loaded).toBe(0);
});

test('refuses a check that needs no kind, since it would pass', async () => {
  const { names, error } = await runAll([{ ...shopper, isNeeded: () => false }]);
  expect(names).toEqual([]);
  expect(error).toBeInstanceOf(CheckError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^There is nothing to check: /) });
});

test('a kind that cannot run does not stop the others, and then fails the check with its message', async () => {
  const refusing = createKind(async function* () {
    yield { flow: passed('before') };
    throw new CheckError('The browser ended. Install another one.');
  });
  const { names, error } = await runAll([refusing, linkWalker]);

  expect(names).toEqual(['GET /', 'GET /next', 'before']);
  expect(error).toBeInstanceOf(CheckError);
  expect(error).toMatchObject({ message: 'The browser ended. Install another one.' });
});

test('the check fails with all messages, each once, when several kinds cannot run', async () => {
  const createRefusing = (message: string) =>
    createKind(async function* () {
      yield { flow: passed('before') };
      await sleep(message.length);
      throw new CheckError(message);
    });
  const kinds = ['The app is away. Start it.', 'No browser.', 'The app is away. Start it.'].map(
    createRefusing,
  );
  const { error, names } = await runAll(kinds);

  expect(names).toEqual(['before', 'before', 'before']);
  expect(error).toBeInstanceOf(CheckError);
  expect(error).toMatchObject({ message: 'The app is away. Start it. No browser.' });
});

test('a fault of one kind stops the others, and is thrown', async () => {
  const hanging = await startHttpSite(() => undefined);
  const fault = new TypeError('a bug');
  const faulty = createKind(async function* () {
    yield { flow: passed('before') };
    await sleep(100);
    throw fault;
  });
  const startedAt = performance.now();
  const { names, error } = await runAll([linkWalker, faulty], { signal }, hanging.url);

  expect(names).toEqual(['before']);
  expect(error).toBe(fault);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  for (let tries = 0; hanging.sockets.size > 0 && tries < 100; tries += 1) {
    await sleep(10);
  }
  expect(hanging.sockets.size).toBe(0);
  await hanging.stop();
});

test('a kind that cannot be loaded is a fault', async () => {
  const fault = new Error('Cannot find module');
  const { error } = await runAll([linkWalker, { isNeeded: () => true, load: () => Promise.reject(fault) }]);

  expect(error).toBe(fault);
});

test('an aborted signal ends all kinds, with its reason', async () => {
  const hanging = await startHttpSite(() => undefined);
  const controller = new AbortController();
  const reason = new Error('cancelled by a test');
  const running = runAll([linkWalker, linkWalker], controller, hanging.url);
  await sleep(200);
  controller.abort(reason);

  expect((await running).error).toBe(reason);
  await hanging.stop();
});

test('a consumer that leaves early ends all kinds before it goes on', async () => {
  const ended: string[] = [];
  const createKept = (name: string) =>
    createKind(async function* (_target, options) {
      try {
        yield { flow: passed(name) };
        await sleep(10_000, undefined, options);
      } finally {
        ended.push(name);
      }
    });
  const joined = joinRunners([createKept('a'), createKept('b')]);
  for await (const _result of joined.run(createTarget(site.url), { signal })) {
    break;
  }

  expect(ended.sort()).toEqual(['a', 'b']);
});
