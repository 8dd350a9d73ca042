export interface ConcurrencyOptions<Item, Result> {
  readonly items: readonly Item[];
  /** How many run at the same time. */
  readonly atOnce: number;
  readonly run: (item: Item) => Promise<Result>;
}

/**
 * Runs each item, starting in the order given, and yields each result as it comes with the item's index.
 * Those that still run when the consumer leaves, or when one rejects, are left to end by themselves.
 */
export async function* inCompletionOrder<Item, Result>({
  items,
  atOnce,
  run,
}: ConcurrencyOptions<Item, Result>): AsyncGenerator<{ index: number; result: Result }> {
  const running = new Map<number, Promise<{ index: number; result: Result }>>();
  const waiting = items.entries();
  for (;;) {
    while (running.size < atOnce) {
      const next = waiting.next();
      if (next.done) {
        break;
      }
      const [index, item] = next.value;
      const promise = run(item).then((result) => ({ index, result }));
      // Seen by the race below; this keeps one that rejects after the consumer left from ending the process.
      promise.catch(() => undefined);
      running.set(index, promise);
    }
    if (running.size === 0) {
      return;
    }
    const ended = await Promise.race(running.values());
    running.delete(ended.index);
    yield ended;
  }
}
