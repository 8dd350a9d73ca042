import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** Whatever is logged under these names is not shown, whoever logs it. */
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
 * Written many lines at once, at most this late, and when the process ends: a system call a request would be a
 * good part of what the request costs.
 */
const STANDARD_ERROR = { dest: 2, sync: false, minLength: 4096, periodicFlush: 100 };

/** As `pino.stdTimeFunctions.isoTime`, but lines of one millisecond share the work of writing it out. */
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
