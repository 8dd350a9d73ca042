import { setTimeout as sleep } from 'node:timers/promises';

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

export type Send = (notifications: readonly Notification[]) => Promise<void>;

/** What other processes are still to be told. */
export interface Outbox {
  add(notification: Notification): void;
  /** From now on there is a way to tell them, which goes first through what has been waiting. */
  open(send: Send): void;
  /** There is none any more. What is added waits. */
  close(): void;
}

/** Between two times that others are told. */
const PAUSE_MS = 20;

/** The first goes at once; what comes in quick succession goes together, and the same thing once. */
export function createOutbox(): Outbox {
  const waiting = new Map<string, Notification>();
  let send: Send | undefined;
  let isSending = false;

  function add(notification: Notification): void {
    waiting.set(`${notification.channel} ${notification.payload}`, notification);
  }

  async function sendAll(): Promise<void> {
    if (isSending) {
      return;
    }
    isSending = true;
    while (send && waiting.size > 0) {
      const notifications = [...waiting.values()];
      waiting.clear();
      // Where that fails there is no way any more, which whoever opened it will notice.
      await send(notifications).catch(() => notifications.forEach(add));
      await sleep(PAUSE_MS, undefined, { ref: false });
    }
    isSending = false;
  }

  return {
    add(notification) {
      add(notification);
      void sendAll();
    },
    open(by) {
      send = by;
      void sendAll();
    },
    close() {
      send = undefined;
    },
  };
}
