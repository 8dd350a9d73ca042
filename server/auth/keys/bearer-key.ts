import { ApiError } from '../../http/errors.ts';
import { type ApiKeyAtRest, toApiKeyAtRest } from './api-key.ts';
import { isApiKey } from './api-key-form.ts';

/** The `WWW-Authenticate` header that answers a request without credentials (RFC 6750). */
export const BEARER_CHALLENGE = 'Bearer realm="qassandra"';

/** Reads the key from the values of the `Authorization` header. Throws an `ApiError` (401) if it is malformed. */
export function readBearerKey(headers: readonly string[]): ApiKeyAtRest {
  const apiKey = findBearerKey(headers);
  if (apiKey === undefined) {
    throw createMistypedKeyError();
  }
  return toApiKeyAtRest(apiKey);
}

/** The key in the values of the `Authorization` header; `undefined` if they hold no well-formed key. */
export function findBearerKey([authorization = '', ...more]: readonly string[]): string | undefined {
  const apiKey = more.length === 0 ? /^bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
  return apiKey !== undefined && isApiKey(apiKey) ? apiKey : undefined;
}

export function createMistypedKeyError(): ApiError {
  return createInvalidApiKeyError(
    'This does not look like a Qassandra API key. A key starts with qsk_ and has 46 characters. ' +
      'Copy the whole key, or generate a new one in the app settings.',
  );
}

/** One answer for unknown, replaced and removed keys, so that a caller cannot tell them apart. */
export function createInvalidApiKeyError(
  detail = 'The API key is not valid. It may have been replaced or removed. Generate a new one in the app settings.',
): ApiError {
  return new ApiError('invalid_api_key', detail, {
    headers: {
      'WWW-Authenticate': `${BEARER_CHALLENGE}, error="invalid_token", error_description="The API key is not valid"`,
    },
  });
}
