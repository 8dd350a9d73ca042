import { setTimeout as sleep } from 'node:timers/promises';

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

export type Send = (notifications: readonly Notification[]) => Promise<void>;

/** Notifications that still have to be sent to other processes. */
export interface Outbox {
  add(notification: Notification): void;
  /** Starts sending with `send`, the waiting notifications first. */
  open(send: Send): void;
  /** Stops sending. Notifications that are added wait until the next `open`. */
  close(): void;
  /** Resolves once nothing waits, or once the outbox is closed. */
  flush(): Promise<void>;
}

/** Pause after sending. */
const PAUSE_MS = 20;
/** Pause after sending failed. */
const FAILED_PAUSE_MS = 1_000;
/**
 * Drop the waiting notifications above this number: they would arrive too late, and the polls of other processes find
 * the changes.
 */
const MAX_WAITING = 1_000;

/** Sends the first notification at once, and those in quick succession together, equal ones once. */
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
      // If this fails, the connection is almost always broken, and the listener that opened it reconnects.
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
