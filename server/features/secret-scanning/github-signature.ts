import { type KeyObject, verify } from 'node:crypto';
import type { Request } from 'express';
import { ApiError } from '../../http/errors.ts';
import { listHeaderValues } from '../../http/header-values.ts';

/** The signature in the headers of a report, not yet verified. */
export interface ReportSignature {
  readonly keyIdentifier: string;
  /** ASN.1, DER-encoded. */
  readonly signature: Buffer;
}

const KEY_IDENTIFIER = 'Github-Public-Key-Identifier';
const SIGNATURE = 'Github-Public-Key-Signature';
/** A signature on P-256 has 8 to 72 bytes. */
const SIGNATURE_FORM = /^[A-Za-z0-9+/]{11,96}={0,2}$/;
const KEY_IDENTIFIER_FORM = /^[\w-]{1,128}$/;

/** Throws an `ApiError` (401) for a request without one, before the key is fetched or the body read. */
export function readReportSignature(req: Request): ReportSignature {
  const keyIdentifier = readHeader(req, KEY_IDENTIFIER);
  const signature = readHeader(req, SIGNATURE);
  if (keyIdentifier === undefined || signature === undefined) {
    throw createSignatureError(
      `This route is for GitHub, which signs its requests. Send ${KEY_IDENTIFIER} and ${SIGNATURE}.`,
    );
  }
  if (!KEY_IDENTIFIER_FORM.test(keyIdentifier) || !SIGNATURE_FORM.test(signature)) {
    throw createSignatureError(
      `${KEY_IDENTIFIER} must be a name, and ${SIGNATURE} must be a signature in base64.`,
    );
  }
  return { keyIdentifier, signature: Buffer.from(signature, 'base64') };
}

/** ECDSA on P-256 with SHA-256, over the bytes as they were sent. Throws an `ApiError` (401) for any other. */
export function assertSigned(body: Buffer, { signature }: ReportSignature, key: KeyObject): void {
  if (!verify('sha256', body, { key, dsaEncoding: 'der' }, signature)) {
    throw createSignatureError('The signature does not match this body and that key.');
  }
}

export function createSignatureError(detail: string): ApiError {
  return new ApiError('invalid_signature', detail, {
    headers: { 'WWW-Authenticate': `${SIGNATURE} realm="qassandra"` },
  });
}

/** The header's value; `undefined` where it was not sent exactly once. */
function readHeader(req: Request, name: string): string | undefined {
  const [value, ...more] = listHeaderValues(req, name.toLowerCase());
  return more.length === 0 ? value : undefined;
}
