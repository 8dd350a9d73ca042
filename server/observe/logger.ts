import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** Fields with these names are always redacted, at the top and in the two levels below it. */
const SECRETS = [
  'authorization',
  'cookie',
  'set-cookie',
  'api_key',
  'apiKey',
  'token',
  'password',
  'connectionString',
];
const SECRET_PATHS = SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/**
 * Writes many lines at once, at most 100 ms late, and the rest when the process ends: a system call per request would
 * be a large part of the request's cost.
 */
const STANDARD_ERROR = { dest: 2, sync: false, minLength: 4096, periodicFlush: 100 };

/** Like `pino.stdTimeFunctions.isoTime`, but formats the time only once for all lines of a millisecond. */
function createClock(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

/** JSON lines on standard error; standard output is for the person who started the server. */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  destination: DestinationStream = pino.destination(STANDARD_ERROR),
): Logger {
  return pino(
    {
      level: logLevel,
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
      timestamp: createClock(),
    },
    destination,
  );
}
