import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { parsePage } from '../../../server/runner/link-walker/parse-page.ts';
import { TimeSlices } from '../../../server/runner/link-walker/time-slices.ts';

const reason = new Error('cancelled by a test');

test('only one of many pages continues in a turn of the event loop', async () => {
  const { signal } = new AbortController();
  const going: number[] = [];
  const pages = Array.from({ length: 5 }, async () => {
    await new TimeSlices(signal).next();
    going.push(turns);
  });
  let turns = 0;
  while (going.length < 5) {
    turns += 1;
    await nextTurn();
  }
  await Promise.all(pages);
  expect(new Set(going).size).toBe(5);
});

test('a slice ends after a while, and not when the next has begun', async () => {
  const slices = new TimeSlices(new AbortController().signal);
  while (!slices.isOver()) {
    // Other work of this process may need time as well.
  }
  await slices.next();
  expect(slices.isOver()).toBe(false);
});

test('stops reading a page when its check is cancelled', async () => {
  const controller = new AbortController();
  const base = `<base href="/${'d/'.repeat(3_900)}">`;
  const links = Array.from({ length: 5_000 }, (_, index) => `<a href="../${index}">x</a>`).join('');
  const reading = parsePage(base + links, new URL('http://shop.example/'), {
    signal: controller.signal,
  });
  controller.abort(reason);
  await expect(reading).rejects.toBe(reason);
});
