import { expect, test } from '@jest/globals';
import { createOutbox, type Notification, type Send } from '../../../server/db/outbox.ts';

const create = (payload: string): Notification => ({ channel: 'channel', payload });

/** A way that notes what it is given, and fails as often as it is told to. */
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

test('what came while there was no way goes with the first, the same thing once', async () => {
  const outbox = createOutbox();
  const { given, send } = createWay();
  for (const payload of ['a', 'b', 'a']) {
    outbox.add(create(payload));
  }
  outbox.open(send);
  await outbox.flush();
  expect(given).toEqual([['a', 'b']]);
});

test('what could not be sent is sent again, with what came since', async () => {
  const outbox = createOutbox();
  const { given, send } = createWay(1);
  outbox.open(send);
  outbox.add(create('a'));
  outbox.add(create('b'));
  await outbox.flush();
  expect(given).toEqual([['a'], ['b', 'a']]);
});

test('what is more than anybody needs to be told is dropped while there is no way', async () => {
  const outbox = createOutbox();
  const { given, send } = createWay();
  for (let count = 0; count < 10_001; count += 1) {
    outbox.add(create(String(count)));
  }
  outbox.open(send);
  await outbox.flush();
  expect(given).toEqual([['10000']]);
});

test('flushed without a way it does not wait', async () => {
  const outbox = createOutbox();
  outbox.add(create('a'));
  await outbox.flush();
  outbox.open(createWay().send);
  outbox.close();
  await outbox.flush();
});
