import { Readable } from 'node:stream';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { ApiError } from './errors.ts';
import { isPackageMissing } from './is-package-missing.ts';

const BODY_LIMIT = 64 * 1024;

const SEND_JSON = 'Send a JSON object, or no body at all.';

const takeJson = createJsonForm(BODY_LIMIT);

interface BodyForm {
  /** A middleware of body-parser. */
  readonly read: RequestHandler;
  /** Maximum size, in bytes. */
  readonly limit: number;
  /** What a client should do if its encoding is not supported. */
  readonly encodings: string;
}

/** Reads the body as JSON whatever its Content-Type: `curl -d` sends the type of a form. */
export function createJsonForm(limit: number): BodyForm {
  return {
    read: express.json({ limit, type: () => true }),
    limit,
    encodings: 'Send UTF-8, plain or compressed with gzip, deflate or br.',
  };
}

/**
 * Reads the body as a JSON object; no body counts as `{}`. Rejects with an `ApiError` (400, 413, 415) for any other
 * body.
 */
export async function readJsonObject(
  req: Request,
  res: Response,
  form = takeJson,
): Promise<Record<string, unknown>> {
  const body = (await readBody(req, res, form)) ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError('invalid_request', SEND_JSON, {
      errors: [{ path: '', message: 'must be a JSON object' }],
    });
  }
  return { ...body };
}

/**
 * Reads the body's bytes as they were sent, to verify a signature of them; at most `limit` bytes. Rejects with an
 * `ApiError` (400, 413, 415) for any other body.
 */
export async function readRawBody(req: Request, res: Response, limit: number): Promise<Buffer> {
  const body = await readBody(req, res, {
    read: express.raw({ limit, type: () => true, inflate: false }),
    limit,
    encodings: 'Send the body as signed, without a Content-Encoding.',
  });
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/**
 * Makes the reader load the packages that it otherwise loads with the first body. By then `npm ci` may have replaced
 * them, and the reader would blame the body.
 */
export async function loadBodyReader(): Promise<void> {
  const request = Object.assign(Readable.from([Buffer.from('{}')]), { headers: { 'content-length': '2' } });
  await new Promise((resolve) => Reflect.apply(takeJson.read, undefined, [request, {}, resolve]));
}

/**
 * Parses JSON in UTF-8. Throws an `ApiError` (400) that quotes nothing of the body, unlike the error of `JSON.parse`.
 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ApiError('malformed_json', 'Send JSON, in UTF-8.');
  }
}

async function readBody(req: Request, res: Response, form: BodyForm): Promise<unknown> {
  // Refuse before the body is read: body-parser would read all of it first, and a chunked body may have no end.
  if (Number(req.get('Content-Length')) > form.limit) {
    throw createTooLargeError(form);
  }
  await new Promise<void>((resolve, reject) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > form.limit) {
        reject(createTooLargeError(form));
      }
    });
    form.read(req, res, (error: unknown) =>
      error === undefined ? resolve() : reject(toBodyError(error, form)),
    );
  });
  return req.body;
}

/** Turns body-parser's errors into ours, by their documented `type` and `status`. */
function toBodyError(error: unknown, form: BodyForm): unknown {
  if (
    !(error instanceof Error) ||
    !('status' in error) ||
    Number(error.status) >= 500 ||
    isPackageMissing(error)
  ) {
    return error;
  }
  switch ('type' in error ? error.type : undefined) {
    case 'entity.parse.failed':
      return new ApiError('malformed_json', SEND_JSON);
    case 'entity.too.large':
      return createTooLargeError(form);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new ApiError('unsupported_media_type', form.encodings);
    default:
      return new ApiError(
        'malformed_json',
        'The body could not be read. It ended early, or does not match its headers.',
      );
  }
}

/** Closes the connection: the rest of the body is not read, so the connection cannot be used again. */
function createTooLargeError({ limit }: BodyForm): ApiError {
  return new ApiError('payload_too_large', `Send at most ${limit / 1024} KiB.`, {
    headers: { Connection: 'close' },
  });
}
