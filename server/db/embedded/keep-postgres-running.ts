import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { EmbeddedPostgres } from './embedded-postgres.ts';

const LOOK_EVERY_MS = 1_000;
const RETRY_MS = 5_000;

/**
 * Starts the embedded PostgreSQL again whenever it ended by itself, because it was killed or its disk was full. An
 * external PostgreSQL has its own supervisor; the embedded one has only this.
 */
export function keepPostgresRunning(
  embedded: Pick<EmbeddedPostgres, 'isRunning' | 'restart'>,
  logger: Logger,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const watching = watch();

  async function watch(): Promise<void> {
    while (await pause(LOOK_EVERY_MS)) {
      if (!(await embedded.isRunning())) {
        logger.error('the embedded PostgreSQL has stopped; starting it again');
        await restart();
      }
    }
  }

  async function restart(): Promise<void> {
    try {
      await embedded.restart();
      logger.warn('the embedded PostgreSQL runs again');
    } catch (error) {
      logger.error({ err: error }, 'the embedded PostgreSQL could not be started; trying again');
      await pause(RETRY_MS);
    }
  }

  /** Resolves with `false` once `stop` was called. */
  function pause(milliseconds: number): Promise<boolean> {
    return sleep(milliseconds, true, { signal: stopping.signal }).catch(() => false);
  }

  return {
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}
