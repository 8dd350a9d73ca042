import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from './config.ts';

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

/** JSON lines on standard error; standard output is for the person who started the server. */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  return pino(
    {
      level: logLevel,
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
}
