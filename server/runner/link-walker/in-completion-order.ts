export interface ConcurrencyOptions<Item, Result> {
  readonly items: readonly Item[];
  /** How many run at the same time. */
  readonly atOnce: number;
  readonly run: (item: Item) => Promise<Result>;
}

/**
 * Runs all items, started in the order given, and yields each result with the item's index when it is there. When
 * the consumer leaves or an item rejects, items that still run end by themselves.
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
      // The race below sees a rejection; this handler keeps a later one from ending the process.
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
