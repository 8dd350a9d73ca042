import { createAgent, supportsProxies } from '../client/agent.ts';
import { type ApiConnection, describeExchange } from '../client/api-client.ts';
import type { Words } from '../lib/words.ts';
import type { Report, RunInputs, RunPorts } from './contracts.ts';

/** Creates the connection to the server from the inputs. Each exchange is a line of the debug log. */
export function createConnection(
  { serverUrl, appId, apiKey, proxy }: Pick<RunInputs, 'serverUrl' | 'appId' | 'apiKey' | 'proxy'>,
  { words, report }: { words: Words; report: Pick<Report, 'debug'> },
): ApiConnection {
  return {
    serverUrl,
    appId,
    apiKey,
    agent: createAgent(serverUrl, proxy),
    proxy: proxy && new URL(proxy).origin,
    words,
    onExchange: (exchange) => report.debug(describeExchange(exchange)),
  };
}

/** Warns if the connection is less safe than the user may expect, or does not use the proxy. */
export function warnOfConnection({ serverUrl, proxy }: RunInputs, { report, connection }: RunPorts): void {
  const { server, machine } = connection.words;
  if (sendsKeyInTheClear(serverUrl)) {
    report.warn(`${server} is an http address, so the API key crosses the network unencrypted. Use https.`);
  }
  if (proxy !== undefined && !supportsProxies()) {
    report.warn(
      `The environment names a proxy, and this Node.js (${process.version}) cannot use it, so requests go to the server directly. To use the proxy, the ${machine} needs Node.js 24.5 or later, or 22.21.`,
    );
  }
}

/** Whether the key would cross a network unencrypted. */
function sendsKeyInTheClear(serverUrl: string): boolean {
  const { protocol, hostname } = new URL(serverUrl);
  return protocol === 'http:' && !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
