import { checkBypass } from '@actions/http-client/lib/proxy';
import { InputError } from '../lib/errors.ts';
import type { Environment } from './input-parsers.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'http:': ['http_proxy', 'HTTP_PROXY'],
  'https:': ['https_proxy', 'HTTPS_PROXY'],
};

export interface ReadProxyOptions {
  readonly environment: Environment;
  /** Called with every password of a proxy, also of one that is not used. */
  readonly mask: (secret: string) => void;
}

/**
 * Reads the address of the proxy for requests to the server, as the toolkit of GitHub's own actions chooses it. Returns
 * `undefined` for none: on loopback, and where `NO_PROXY` names the server. A variable that is not used may hold
 * anything.
 */
export function readProxy(serverUrl: string, { environment, mask }: ReadProxyOptions): string | undefined {
  const url = new URL(serverUrl);
  const read = (name: string): string => environment[name]?.trim() ?? '';
  for (const name of Object.values(NAMES).flat()) {
    maskPassword(parse(read(name)), mask);
  }
  const name = NAMES[url.protocol]?.find((candidate) => read(candidate) !== '');
  // The toolkit reads NO_PROXY from the process itself.
  return name === undefined || checkBypass(url) ? undefined : parseProxyUrl(name, read(name));
}

/** Without a scheme it is an http address, as for curl and the runner. */
function parse(value: string): URL | null {
  return URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);
}

function maskPassword(url: URL | null, mask: (secret: string) => void): void {
  const password = url?.password ?? '';
  for (const form of [password, decode(password) ?? '']) {
    if (form !== '') {
      mask(form);
    }
  }
}

/** The error does not show the value, which may contain a password. */
function parseProxyUrl(name: string, value: string): string {
  const url = parse(value);
  const isValid =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    decode(url.password) !== undefined &&
    decode(url.username) !== undefined;
  if (isValid) {
    return url.href;
  }
  throw new InputError(
    `The environment variable \`${name}\` is not the address of an HTTP proxy, as in http://user:password@proxy.example.com:3128 (with %25 for a % in the password). Correct it, leave it empty, or add the server to NO_PROXY.`,
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
