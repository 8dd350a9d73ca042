import type { IncomingMessage } from 'node:http';
import { ApiError } from '../errors.ts';
import { listHeaderValues } from '../header-values.ts';
import type { ErrorAnswer } from '../problem.ts';
import type { PreExpressHandler } from './run-before-express.ts';

/**
 * The characters of an authority (RFC 3986), without the comma: a proxy that joins two headers puts one between them.
 */
const HOST = /^[\w.~%!$&'()*+;=:[\]-]*$/;

/**
 * Refuses (400) requests that Node accepts but a proxy in front of it may have understood differently: without a Host
 * header or with two, or with transfer codings that this server does not decode. Otherwise the proxy and this server
 * could disagree on which site a request is for, or on what its body is.
 */
export function createAmbiguityRefusal(answerError: ErrorAnswer): PreExpressHandler {
  return (req, res, next) => {
    const fault = findFault(req);
    if (fault === undefined) {
      next();
    } else {
      answerError(new ApiError('malformed_request', fault, { headers: { Connection: 'close' } }), res);
    }
  };
}

function findFault(req: IncomingMessage): string | undefined {
  const { httpVersion } = req;
  const coding = listHeaderValues(req, 'transfer-encoding');
  const [name, ...more] = listHeaderValues(req, 'host');
  if (name === undefined && httpVersion !== '1.0') {
    return 'Send one Host header.';
  }
  if (more.length > 0 || !HOST.test(name ?? '')) {
    return 'Send one Host header, with a host name only.';
  }
  if (coding.length > 0 && (httpVersion === '1.0' || coding.join().toLowerCase() !== 'chunked')) {
    return 'Send the body with a Content-Length, or with HTTP/1.1 and "Transfer-Encoding: chunked" alone.';
  }
  return undefined;
}
