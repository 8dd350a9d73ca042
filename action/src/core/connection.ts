import { type ApiConnection, describeExchange } from '../client/api-client.ts';
import { createAgents } from '../client/http.ts';
import type { Words } from '../lib/words.ts';
import type { RunInputs } from '../step/step-inputs.ts';
import type { Report } from '../step/step-report.ts';

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
