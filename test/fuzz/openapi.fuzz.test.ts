import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ERROR_CODES } from '../../server/http/errors.ts';
import { createDocumentCheck } from '../helpers/network/document-check.ts';
import { createRequestArbitrary, type FuzzRequest, type InputDocument } from './fuzz-request.ts';
import { type FuzzAnswer, type FuzzWorld, startFuzzWorld } from './fuzz-world.ts';

/** Set by `npm run fuzz`; `test/README.md` says how to repeat a failure. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 5_000);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const PATH = process.env.FUZZ_PATH;
/** Parallel runs, each with its own seed. A failure is repeated by a single run. */
const RUNS = PATH === undefined ? 16 : 1;

let world: FuzzWorld;
beforeAll(async () => {
  world = await startFuzzWorld();
}, 60_000);
afterAll(() => world.stop().then(() => {}));

test(
  'no request makes the server fail, hang, break its document or show a secret',
  async () => {
    process.stdout.write(`fuzz: ${REQUESTS} requests, seed ${SEED}\n`);
    // The server describes itself in this document; `hold` checks whether its answers match.
    const document = (await world.readDocument()) as InputDocument;
    const checkDocument = createDocumentCheck(document);
    const requests = createRequestArbitrary(document);
    const statuses = new Map<string, number>();

    /** The first run that failed. The others stop, so that it can shrink undisturbed. */
    let failing: number | undefined;

    async function tryOne(request: FuzzRequest): Promise<void> {
      const answer = await world.send(request);
      hold(request, answer, checkDocument);
      await world.follow(request, answer);
      const outcome = `${request.method} ${request.path} ${answer.status}`;
      statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1);
    }

    async function tryUnlessFailing(run: number, request: FuzzRequest): Promise<void> {
      if (failing !== undefined && failing !== run) {
        return;
      }
      try {
        await tryOne(request);
      } catch (error) {
        failing ??= run;
        throw error;
      }
    }

    await Promise.all(
      Array.from({ length: RUNS }, (_, run) =>
        fc.assert(
          fc.asyncProperty(requests, (request) => tryUnlessFailing(run, request)),
          {
            numRuns: Math.ceil(REQUESTS / RUNS),
            seed: SEED + run,
            ...(PATH !== undefined && { path: PATH }),
          },
        ),
      ),
    );
    if (process.env.FUZZ_SHOW !== undefined) {
      process.stdout.write(
        `${[...statuses]
          .map(([outcome, count]) => `${count} ${outcome}`)
          .sort()
          .join('\n')}\n`,
      );
    }
    holdLog(await world.stop());
    if (PATH === undefined && REQUESTS >= 5_000) {
      // A run in which every request is refused would show little. In a short run some operations may never
      // succeed.
      const operations = listOperations(document);
      const passed = new Set(
        [...statuses.keys()].filter((outcome) => / 2\d\d$/.test(outcome)).map(withoutStatus),
      );
      const unseen = operations.filter((operation) => !passed.has(operation));
      expect(unseen.slice(REQUESTS >= 50_000 ? 0 : operations.length / 2)).toEqual([]);
    }
  },
  60_000 + REQUESTS * 60,
);

function listOperations({ paths }: InputDocument): readonly string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

function withoutStatus(outcome: string): string {
  return outcome.slice(0, outcome.lastIndexOf(' '));
}

/** Whether the path is the documented one: a trick in a parameter can lead to another. */
function isDocumented({ parameters }: FuzzRequest): boolean {
  return Object.values(parameters).every((value) => !/^\.$|^%2e%2e$/i.test(value));
}

function hold(
  request: FuzzRequest,
  { status, headers, text }: FuzzAnswer,
  checkDocument: ReturnType<typeof createDocumentCheck>,
): void {
  expect(status).toBeLessThan(500);
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  const contentType = [headers['content-type']].flat()[0];
  const body: unknown = contentType?.includes('json') ? JSON.parse(text) : text;
  if (isDocumented(request)) {
    const { path, method } = request;
    expect(checkDocument({ path, method, status, contentType, body })).toEqual([]);
  }
  if (status >= 400) {
    expect(contentType).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({ status, request_id: headers['x-request-id'] });
    expect(ERROR_CODES).toContain(Object(body).code);
  }
  expect(countSecrets(text + JSON.stringify(headers))).toBe(0);
}

/** Only counts them, so that a failure does not print them. */
function countSecrets(shown: string): number {
  return [...world.secrets].filter((secret) => shown.includes(secret)).length;
}

/** Checks that the log shows no secret, and no error of the server itself. */
function holdLog(output: string): void {
  expect(countSecrets(output)).toBe(0);
  const faults = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level >= 40);
  expect(faults).toEqual([]);
}
