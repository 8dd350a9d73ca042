import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ERROR_CODES } from '../../server/http/errors.ts';
import { createDocumentCheck } from '../helpers/network/document-check.ts';
import { createRequestArbitrary, type FuzzRequest, type InputDocument } from './fuzz-request.ts';
import { type FuzzAnswer, type FuzzWorld, startFuzzWorld } from './fuzz-world.ts';

/** Set by `npm run fuzz`; `test/README.md` says how to have a failure again. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 5_000);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const PATH = process.env.FUZZ_PATH;
/** Runs side by side, each with a seed of its own; to have one failure again takes one. */
const RUNS = PATH === undefined ? 16 : 1;

let world: FuzzWorld;
beforeAll(async () => {
  world = await startFuzzWorld();
}, 60_000);
afterAll(() => world.stop().then(() => {}));

test(
  'no request makes the server fail, hang, break its document or tell a secret',
  async () => {
    process.stdout.write(`fuzz: ${REQUESTS} requests, seed ${SEED}\n`);
    // The document is what this server says of itself; `hold` finds out whether that is so.
    const document = (await world.readDocument()) as InputDocument;
    const checkDocument = createDocumentCheck(document);
    const requests = createRequestArbitrary(document);
    const statuses = new Map<string, number>();

    /** The run that failed first, which is left alone while it shrinks. */
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
      // Requests that are all refused would show little. Of few of them some operation may have no luck.
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

/** Whether the path is the documented one, and not another that a trick in a parameter has led to. */
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

/** Counted, so that a failure does not print them. */
function countSecrets(shown: string): number {
  return [...world.secrets].filter((secret) => shown.includes(secret)).length;
}

/** Nothing secret, and nothing that the server calls its own fault. */
function holdLog(output: string): void {
  expect(countSecrets(output)).toBe(0);
  const faults = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level >= 40);
  expect(faults).toEqual([]);
}
