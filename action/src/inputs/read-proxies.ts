import type { RunInputs } from '../core/contracts.ts';
import { InputError } from '../lib/errors.ts';
import type { Environment } from './input-parsers.ts';

const PROXY_NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'];
const EXCEPTION_NAMES = ['NO_PROXY', 'no_proxy'];

export function readProxies(environment: Environment, mask: (secret: string) => void): RunInputs['proxy'] {
  const proxy: Record<string, string> = {};
  for (const name of PROXY_NAMES) {
    const value = environment[name]?.trim() ?? '';
    if (value !== '') {
      proxy[name] = parseProxyUrl(name, value, mask);
    }
  }
  for (const name of EXCEPTION_NAMES) {
    const value = environment[name] ?? '';
    if (value !== '') {
      proxy[name] = value;
    }
  }
  return proxy;
}

/** Without a scheme it is an http address, as for curl and the runner. The password is never shown. */
function parseProxyUrl(name: string, value: string, mask: (secret: string) => void): string {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  const [password, decoded] = [url?.password ?? '', decode(url?.password ?? '')];
  if (password !== '') {
    mask(password);
  }
  if (decoded !== undefined && decoded !== '') {
    mask(decoded);
  }
  if (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    decoded !== undefined &&
    decode(url.username) !== undefined
  ) {
    return url.href;
  }
  throw new InputError(
    `The environment variable \`${name}\` is not the address of an HTTP proxy, as in http://user:password@proxy.example.com:3128 (with %25 for a % in the password). Correct it, or leave it empty.`,
  );
}

/** Returns undefined if the percent-encoding is not valid. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
