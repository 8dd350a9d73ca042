import { type ApiConnection, describeExchange } from './api-client.ts';
import { createAgents } from './http.ts';
import type { RunInputs } from './inputs.ts';
import type { Report } from './report.ts';
import type { Words } from './words.ts';

/** The way to the server as the inputs name it, with a line of the debug log for each exchange. */
export function createConnection(
  { serverUrl, appId, apiKey, proxy }: RunInputs,
  { words, report }: { words: Words; report: Pick<Report, 'debug'> },
): ApiConnection {
  return {
    serverUrl,
    appId,
    apiKey,
    agents: createAgents(proxy),
    words,
    onExchange: (exchange) => report.debug(describeExchange(exchange)),
  };
}
