import { expect, test } from '@jest/globals';
import { Problem } from '../../../server/dashboard/src/api/client.ts';
import { type PolledQuery, pollEvery } from '../../../server/dashboard/src/api/poll-every.ts';

const poll = pollEvery(5_000);
const LEAST = 0.85;
const MOST = 1.15;

function pauseAfter(state: Partial<PolledQuery['state']>): number | false {
  return poll({
    state: { data: undefined, error: null, dataUpdatedAt: 0, errorUpdatedAt: 0, ...state },
  });
}

function expectAbout(pause: number | false, expected: number): void {
  expect(pause).toBeGreaterThanOrEqual(expected * LEAST);
  expect(pause).toBeLessThanOrEqual(expected * MOST);
}

test('waits longer while nothing changes, up to half a minute, and is quick again after a change', () => {
  const data = { apps: [] };
  const at = 1_700_000_000_000;
  expectAbout(pauseAfter({ data, dataUpdatedAt: at }), 5_000);
  expectAbout(pauseAfter({ data, dataUpdatedAt: at + 8_000 }), 5_000);
  expectAbout(pauseAfter({ data, dataUpdatedAt: at + 30_000 }), 15_000);
  expectAbout(pauseAfter({ data, dataUpdatedAt: at + 3_600_000 }), 30_000);
  expectAbout(pauseAfter({ data: { apps: [1] }, dataUpdatedAt: at + 3_630_000 }), 5_000);
});

test('waits longer while the server does not answer', () => {
  const data = { apps: [] };
  const at = 1_700_000_000_000;
  expectAbout(pauseAfter({ data, dataUpdatedAt: at }), 5_000);
  expectAbout(pauseAfter({ data, dataUpdatedAt: at, errorUpdatedAt: at + 40_000 }), 20_000);
});

test('spreads the pauses, and gives the same one until the next answer', () => {
  const data = {};
  const pauses = [0, 10, 30, 60, 99].map((ms) => pauseAfter({ data, dataUpdatedAt: 1_700_000_000_000 + ms }));
  expect(new Set(pauses).size).toBe(5);
  expect(pauseAfter({ data, dataUpdatedAt: 1_700_000_000_030 })).toBe(pauses[2]);
});

test.each([403, 404])('stops after a %i', (status) => {
  const error = new Problem({ status, code: 'app_not_found', title: 'Gone', detail: 'Gone.' });
  expect(pauseAfter({ error, errorUpdatedAt: 1_700_000_000_000 })).toBe(false);
});
