import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';

/** The environment variables that configure proxies, where they are set, in the form Node's agents take. */
export type ProxyEnvironment = Readonly<Record<string, string>>;

/** The agents that open connections through proxies. */
export interface ProxyAgents {
  readonly http: Agent;
  readonly https: SecureAgent;
  /** The address of the proxy for http and for https, without its password; for messages. */
  readonly proxies: Readonly<Record<string, string | undefined>>;
}

/**
 * Creates agents that go through the proxies of `proxyEnv` (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). Returns
 * `undefined` if no proxy is named, or if Node's agents do not support proxies (before 24.5): Node's own agents serve
 * then.
 */
export function createProxyAgents(proxyEnv: ProxyEnvironment): ProxyAgents | undefined {
  if (!namesProxy(proxyEnv) || !supportsProxies()) {
    return undefined;
  }
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY } = proxyEnv;
  const proxies = {
    'http:': originOf(http_proxy ?? HTTP_PROXY),
    'https:': originOf(https_proxy ?? HTTPS_PROXY),
  };
  return { http: new Agent({ proxyEnv }), https: new SecureAgent({ proxyEnv }), proxies };
}

/** Whether proxies are named that Node's agents do not support. */
export function ignoresProxies(proxyEnv: ProxyEnvironment): boolean {
  return namesProxy(proxyEnv) && !supportsProxies();
}

/** Node's agents support proxies since the version that added this flag. */
function supportsProxies(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
}

function namesProxy(proxyEnv: ProxyEnvironment): boolean {
  return Object.keys(proxyEnv).some((name) => /^https?_proxy$/i.test(name));
}

function originOf(url: string | undefined): string | undefined {
  return url && new URL(url).origin;
}
