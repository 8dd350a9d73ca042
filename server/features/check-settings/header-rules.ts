import type { InputError } from '../../http/errors.ts';
import type { ChosenSettings } from './schema.ts';
import { findReferences } from './secret-references.ts';

/** Headers that the check itself sets, or that would change what an answer means. */
const OWN_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const OWN_PREFIX = /^(proxy-|sec-|if-|:)/;

/** Last words of header names whose values are credentials. */
const CREDENTIALS = new Set([
  'auth',
  'authorization',
  'apikey',
  'bypass',
  'credential',
  'credentials',
  'jwt',
  'key',
  'password',
  'secret',
  'session',
  'signature',
  'token',
]);

/** The errors of the headers and the basic authentication, beyond their form. */
export function findHeaderErrors(settings: ChosenSettings): InputError[] {
  return [...findForbidden(settings), ...findRepeated(settings), ...findPlainCredentials(settings)];
}

function findForbidden({ headers = {}, basic_auth }: ChosenSettings): InputError[] {
  return Object.keys(headers).flatMap((header) => {
    const path = `headers.${header}`;
    const name = header.toLowerCase();
    if (name === 'user-agent') {
      return [{ path, message: 'is set by the check: use user_agent_suffix to add to it' }];
    }
    if (name === 'authorization' && basic_auth !== undefined) {
      return [{ path, message: 'is also set by basic_auth: give one of the two' }];
    }
    const isOwn = OWN_HEADERS.has(name) || OWN_PREFIX.test(name);
    return isOwn ? [{ path, message: 'is set by the check itself: leave it out' }] : [];
  });
}

function findRepeated({ headers = {} }: ChosenSettings): InputError[] {
  const seen = new Set<string>();
  return Object.keys(headers).flatMap((header) => {
    const isRepeated = seen.has(header.toLowerCase());
    seen.add(header.toLowerCase());
    return isRepeated ? [{ path: `headers.${header}`, message: 'is given twice, in different case' }] : [];
  });
}

/** Viewers can read the settings, so credentials must be secrets. */
function findPlainCredentials(settings: ChosenSettings): InputError[] {
  const secret = new Set(findReferences(settings).references.map(({ path }) => path));
  const paths = Object.keys(settings.headers ?? {})
    .filter(isCredential)
    .map((header) => `headers.${header}`);
  return [...paths, ...(settings.basic_auth?.password ? ['basic_auth.password'] : [])]
    .filter((path) => !secret.has(path))
    .map((path) => ({
      path,
      message: 'must not be readable by viewers: store it as a secret of the app and write {{NAME}} here',
    }));
}

function isCredential(header: string): boolean {
  const name = header.toLowerCase();
  return name === 'cookie' || CREDENTIALS.has(name.split(/[-_]/).at(-1) ?? '');
}
