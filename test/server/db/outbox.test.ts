import { expect, test } from '@jest/globals';
import { createOutbox, type Notification, type Send } from '../../../server/db/outbox.ts';

const create = (payload: string): Notification => ({ channel: 'channel', payload });

/** A send function that records what it is given, and fails the first `failures` times. */
function createWay(failures = 0) {
  const given: string[][] = [];
  const send: Send = async (notifications) => {
    given.push(notifications.map(({ payload }) => payload));
    if (given.length <= failures) {
      throw new Error('not now');
    }
  };
  return { given, send };
}

test('sends notifications that were added before it opened, each only once', async () => {
  const outbox = createOutbox();
  const { given, send } = createWay();
  for (const payload of ['a', 'b', 'a']) {
    outbox.add(create(payload));
  }
  outbox.open(send);
  await outbox.flush();
  expect(given).toEqual([['a', 'b']]);
});

test('sends failed notifications again, together with newer ones', async () => {
  const outbox = createOutbox();
  const { given, send } = createWay(1);
  outbox.open(send);
  outbox.add(create('a'));
  outbox.add(create('b'));
  await outbox.flush();
  expect(given).toEqual([['a'], ['b', 'a']]);
});

test('drops earlier notifications when too many are added before it opens', async () => {
  const outbox = createOutbox();
  const { given, send } = createWay();
  for (let count = 0; count < 10_001; count += 1) {
    outbox.add(create(String(count)));
  }
  outbox.open(send);
  await outbox.flush();
  expect(given).toEqual([['10000']]);
});

test('does not wait when it is flushed while closed', async () => {
  const outbox = createOutbox();
  outbox.add(create('a'));
  await outbox.flush();
  outbox.open(createWay().send);
  outbox.close();
  await outbox.flush();
});
