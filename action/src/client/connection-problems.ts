import { messageOf } from '../lib/errors.ts';
import { toLogText } from '../lib/text.ts';
import type { Words } from '../lib/words.ts';

/** Why a request got no answer, and what to do about it. */
export interface ConnectionProblem {
  readonly title: string;
  /** In parentheses after `could not be reached`. */
  readonly cause: string;
  readonly advice: string;
  readonly retryable: boolean;
  /** How long trying again makes sense, if not until the time is over. */
  readonly retryForMs?: number;
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: nothing listens at that address',
  ECONNRESET: 'the connection was cut before the answer was complete',
  EPIPE: 'the connection was cut before the answer was complete',
  HPE_INVALID_CONSTANT: 'the answer was not HTTP',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name does not resolve at the moment',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to that host',
  ENETUNREACH: 'there is no route to that network',
  EPROTO: 'the TLS handshake failed; is it an `http` address?',
};

/** A name that a resolver does not know now is most likely mistyped; a resolver that has just started needs seconds. */
const UNRESOLVED_CODES: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN'];
const UNRESOLVED_RETRY_MS = 10_000;

/** Certificate errors do not go away while a job waits. */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/;

/** What nginx answers, in HTTP, and a server's alert of TLS 1.3. Before TLS 1.3 there is only `handshake failure`. */
const CLIENT_CERTIFICATE = /alert certificate required|No required SSL certificate was sent/;
const HANDSHAKE_FAILURE = /alert handshake failure/;

export const CLIENT_CERTIFICATE_TITLE = 'a client certificate is asked for';

/** Returns the problem that Node's error about a connection stands for. */
export function findConnectionProblem(
  error: unknown,
  { machine, program, server }: Words,
): ConnectionProblem {
  const code = codeOf(error);
  const message = toLogText(messageOf(error), 300);
  if (asksForCertificate(message)) {
    return {
      title: CLIENT_CERTIFICATE_TITLE,
      cause: 'the server asks for a client certificate',
      advice: explainClientCertificate({ machine, program }),
      retryable: false,
    };
  }
  const cause = CAUSES[code] ?? [message, code].filter(Boolean).join(', ');
  if (CERTIFICATE_CODE.test(code)) {
    return {
      title: 'the certificate is not trusted',
      cause,
      advice: `The ${machine} does not trust the server's certificate: correct it, or give Node the authority's certificate with NODE_EXTRA_CA_CERTS.`,
      retryable: false,
    };
  }
  return {
    title: 'the server was not reached',
    cause: HANDSHAKE_FAILURE.test(message)
      ? 'the server refused the TLS handshake: it may ask for a client certificate'
      : cause,
    advice: `Check ${server}, that the server is up, and that this ${machine} can reach it.`,
    retryable: true,
    ...(UNRESOLVED_CODES.includes(code) && { retryForMs: UNRESOLVED_RETRY_MS }),
  };
}

/** Whether this text, of an error or a page, says that a client certificate is missing. */
export function asksForCertificate(text: string): boolean {
  return CLIENT_CERTIFICATE.test(text);
}

export function explainClientCertificate({ machine, program }: Pick<Words, 'machine' | 'program'>): string {
  return `The ${program} cannot send one. Let this ${machine} in without a certificate, or run a proxy on the ${machine} that sends it.`;
}

/** Returns Node's code of a connection error. If several addresses were tried, that is the first one's code. */
export function codeOf(error: unknown): string {
  const { code }: { code?: unknown } = Object(error);
  return typeof code === 'string' ? code : '';
}
