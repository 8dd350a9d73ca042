import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';

/** Like Node's own agent, but without the proxy that NODE_USE_ENV_PROXY would add. */
const DIRECT = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const;

/**
 * Creates the agent that opens the connections to the server, through the proxy if there is one. Node's agents support
 * proxies from 24.5 on: before that, the connections are direct.
 */
export function createAgent(serverUrl: string, proxy: string | undefined): Agent {
  const options =
    proxy !== undefined && supportsProxies()
      ? { proxyEnv: { http_proxy: proxy, https_proxy: proxy } }
      : DIRECT;
  return serverUrl.startsWith('https:') ? new SecureAgent(options) : new Agent(options);
}

/** Node's agents support proxies since the version that added this flag. */
export function supportsProxies(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
}
