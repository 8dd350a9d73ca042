import { errors } from 'undici';
import { DeadlineError, showSeconds } from '../../deadline.ts';
import { PrivateTargetError } from '../../network/network-policy.ts';

export interface FailureReason {
  /** What happened, written after the name of a page or asset: `refused the connection at shop.example:443`. */
  readonly reason: string;
  /** A sentence or two on what to check. */
  readonly advice: string;
}

export interface FailureContext {
  readonly url: URL;
  readonly pageMs: number;
}

const CUT_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE']);
const TIMEOUT_CODES = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);
const UNROUTABLE_CODES = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM']);
const DECODER_CODE = /^(Z_|ERR__ERROR|ERR_BROTLI|ERR_ZSTD|ZSTD_)/;
/** A code of our own: undici gives its parser's errors a code or none, depending on its version. */
const PARSER_CODE = 'not HTTP';
/** The parser refuses what browsers accept: other servers on the way refuse it, too. */
const LENGTH_CODE = 'no one Content-Length';
const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;

const ISSUER_ADVICE =
  'Make the server send its whole certificate chain. If the issuer is your own, start Qassandra with NODE_EXTRA_CA_CERTS.';

/** OpenSSL's verification errors in words. */
const CERTIFICATE_REASONS: Readonly<Record<string, FailureReason>> = {
  CERT_HAS_EXPIRED: { reason: 'has a TLS certificate that has expired', advice: 'Renew the certificate.' },
  CERT_NOT_YET_VALID: {
    reason: 'has a TLS certificate that is not valid yet',
    advice: "Check the certificate's dates and this server's clock.",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { reason: 'has a self-signed TLS certificate', advice: ISSUER_ADVICE },
  SELF_SIGNED_CERT_IN_CHAIN: {
    reason: 'has a TLS certificate whose chain ends in an unknown, self-signed one',
    advice: ISSUER_ADVICE,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    reason: 'has a TLS certificate from an unknown issuer',
    advice: ISSUER_ADVICE,
  },
  UNABLE_TO_GET_ISSUER_CERT: {
    reason: 'has a TLS certificate from an unknown issuer',
    advice: ISSUER_ADVICE,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    reason: 'has a TLS certificate from an unknown issuer',
    advice: ISSUER_ADVICE,
  },
  CERT_REVOKED: { reason: 'has a TLS certificate that was revoked', advice: 'Replace the certificate.' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'has a TLS certificate for another host name',
    advice: "Check that the URL's host is one of the certificate's names.",
  },
};

/** Says why there was no answer. `error` was thrown while connecting or while waiting for the headers. */
export function describeConnectError(error: unknown, context: FailureContext): FailureReason {
  const { url, pageMs } = context;
  const code = codeOf(error);
  if (error instanceof PrivateTargetError) {
    return describePrivateTarget(error);
  }
  if (error instanceof DeadlineError || TIMEOUT_CODES.has(code)) {
    return {
      reason: `did not answer within ${showSeconds(pageMs)}`,
      advice: `Check that the app is up, and that this server can reach ${hostAndPort(url)}.`,
    };
  }
  if (CUT_CODES.has(code)) {
    return {
      reason: `closed the connection without an answer (${hostAndPort(url)})`,
      advice: "Check the app's own log, and any proxy in front of it.",
    };
  }
  return describeNameOrRoute(code, url) ?? describeProtocol(code, url);
}

/** Says why an answer is incomplete. `error` was thrown while its body was read. */
export function describeBodyError(error: unknown, { pageMs }: FailureContext): string {
  const code = codeOf(error);
  if (error instanceof DeadlineError) {
    return `did not answer within ${showSeconds(pageMs)}`;
  }
  if (code === 'Z_BUF_ERROR') {
    return `sent a compressed body that is cut short (${code})`;
  }
  if (DECODER_CODE.test(code)) {
    return `sent a body that cannot be decompressed (${code})`;
  }
  if (code === PARSER_CODE) {
    return 'sent a body that is not valid HTTP';
  }
  if (CUT_CODES.has(code)) {
    return 'closed the connection in the middle of its answer';
  }
  return `sent a body that cannot be read (${code})`;
}

/** Of a name it is not told whether it exists: see `createNetworkPolicy`. */
function describePrivateTarget({ literal }: PrivateTargetError): FailureReason {
  const what =
    literal === null
      ? 'has a host name that could not be looked up or leads to a private or special address'
      : `is a private or special address (${literal})`;
  const spelling = literal === null ? "Check the URL's spelling, give" : 'Give';
  return {
    reason: `${what} and this server does not open those (PRIVATE_TARGETS=deny)`,
    advice: `${spelling} a URL that the public internet can reach, or have the operator of the server set PRIVATE_TARGETS=allow.`,
  };
}

function describeNameOrRoute(code: string, url: URL): FailureReason | null {
  if (code === 'ECONNREFUSED') {
    return {
      reason: `refused the connection at ${hostAndPort(url)}`,
      advice: 'Check that the app is running, listens on that port, and can be reached from this server.',
    };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_NODATA' || code === 'ENODATA') {
    return {
      reason: `has a host name that does not exist (${url.hostname})`,
      advice: "Check the URL's spelling and the DNS records of that name.",
    };
  }
  if (code.startsWith('EAI_') || code === 'ESERVFAIL') {
    return {
      reason: `has a host name that could not be looked up (${url.hostname}, ${code})`,
      advice: 'Check the DNS records of that name, and that this server can reach its name server.',
    };
  }
  if (UNROUTABLE_CODES.has(code)) {
    return {
      reason: `cannot be reached from this server (${hostAndPort(url)}, ${code})`,
      advice: 'Check that the host is up and that no firewall blocks the connection.',
    };
  }
  return null;
}

function describeProtocol(code: string, url: URL): FailureReason {
  const certificate = CERTIFICATE_REASONS[code];
  if (certificate !== undefined) {
    return certificate;
  }
  if (TLS_CODE.test(code)) {
    return {
      reason: `did not agree on a TLS connection (${hostAndPort(url)}, ${code})`,
      advice: 'Check that this port speaks https, with TLS 1.2 or later.',
    };
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return {
      reason: 'answered with headers of more than 256 KiB',
      advice: 'Check the cookies that the server sets.',
    };
  }
  if (code === LENGTH_CODE) {
    return {
      reason:
        'answered with a Content-Length that is given twice, comes with Transfer-Encoding, or is not a number',
      advice: 'Make the server send one length. Some browsers accept this, but proxies refuse it.',
    };
  }
  if (code === PARSER_CODE) {
    return {
      reason: `answered with something that is not HTTP (${hostAndPort(url)})`,
      advice: 'Check the port, and whether the URL should begin with https.',
    };
  }
  return { reason: `could not be opened (${hostAndPort(url)}, ${code})`, advice: 'Check the URL.' };
}

function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

/** The code that identifies an error. Its message may contain addresses and is never shown. */
function codeOf(error: unknown): string {
  if (error instanceof errors.ResponseContentLengthMismatchError) {
    return LENGTH_CODE;
  }
  if (error instanceof errors.HTTPParserError) {
    return error.message.includes('Content-Length') ? LENGTH_CODE : PARSER_CODE;
  }
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : 'unknown error';
}
