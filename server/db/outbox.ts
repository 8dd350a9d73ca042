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
  /** Until nothing waits, or there is no way. */
  flush(): Promise<void>;
}

/** Between two times that others are told. */
const PAUSE_MS = 20;
/** After a time when it could not be done. */
const FAILED_PAUSE_MS = 1_000;
/** More than that is left to the polls of the others, who would be told of it too late anyway. */
const MAX_WAITING = 1_000;

/** The first goes at once; what comes in quick succession goes together, and the same thing once. */
export function createOutbox(): Outbox {
  const waiting = new Map<string, Notification>();
  let send: Send | undefined;
  let isSending = false;

  function add(notification: Notification): void {
    if (waiting.size >= MAX_WAITING) {
      waiting.clear();
    }
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
      // Nearly always the connection is broken where that fails, which whoever opened it will notice.
      const isSent = await send(notifications).then(
        () => true,
        () => false,
      );
      if (!isSent) {
        notifications.forEach(add);
      }
      await sleep(isSent ? PAUSE_MS : FAILED_PAUSE_MS, undefined, { ref: false });
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
    async flush() {
      while (send && (isSending || waiting.size > 0)) {
        await sleep(5);
      }
    },
  };
}
