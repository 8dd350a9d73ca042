/** Every code an answer can carry, with its status and title. Clients branch on codes, so none is ever renamed. */
const PROBLEMS = {
  malformed_request: { status: 400, title: 'This is not an HTTP request' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  app_url_missing: { status: 400, title: 'The app has no URL' },
  authentication_required: { status: 401, title: 'Authentication required' },
  invalid_api_key: { status: 401, title: 'The API key was refused' },
  sign_in_refused: { status: 401, title: 'The sign-in was refused' },
  invalid_session: { status: 401, title: 'The session is not valid' },
  invalid_signature: { status: 401, title: 'The signature was refused' },
  session_required: { status: 403, title: 'An API key cannot do this' },
  role_required: { status: 403, title: 'Your role does not allow this' },
  origin_not_allowed: { status: 403, title: 'The request did not come from the dashboard' },
  app_not_found: { status: 404, title: 'No such app' },
  check_not_found: { status: 404, title: 'No such check' },
  api_key_not_found: { status: 404, title: 'The app has no API key' },
  secret_not_found: { status: 404, title: 'No such secret' },
  organization_not_found: { status: 404, title: 'No such organization' },
  member_not_found: { status: 404, title: 'No such member' },
  invitation_not_found: { status: 404, title: 'No such invitation' },
  sign_in_unavailable: { status: 404, title: 'This way of signing in is not set up' },
  route_not_found: { status: 404, title: 'No such route' },
  alias_taken: { status: 409, title: 'The alias is taken' },
  already_member: { status: 409, title: 'Already a member' },
  last_admin: { status: 409, title: 'The last admin' },
  check_already_ended: { status: 409, title: 'The check has ended' },
  secret_in_use: { status: 409, title: 'The secret is in use' },
  too_many_secrets: { status: 409, title: 'The app has too many secrets' },
  encryption_key_missing: { status: 409, title: 'The server has no encryption key' },
  idempotency_key_reused: { status: 409, title: 'The idempotency key was used with another body' },
  precondition_failed: { status: 412, title: 'The precondition does not hold' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The encoding of the body is not supported' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Internal error' },
  database_unavailable: { status: 503, title: 'The database cannot be reached' },
  identity_provider_unavailable: { status: 503, title: 'The identity provider cannot be reached' },
  signing_keys_unavailable: { status: 503, title: 'The keys that sign reports cannot be fetched' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof PROBLEMS;
export const ERROR_CODES = Object.keys(PROBLEMS);

/** One thing wrong with the input: where (`path` as in `metadata.branch`, empty for the whole) and what. */
export interface InputError {
  readonly path: string;
  readonly message: string;
}

export interface ApiErrorOptions extends ErrorOptions {
  /** Response headers that belong to the error: `WWW-Authenticate`, `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly InputError[];
}

/** An error that a caller may see. `detail` says what to do and holds no secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly InputError[] | undefined;

  constructor(code: ErrorCode, detail: string, options: ApiErrorOptions = {}) {
    // Without a stack: an `ApiError` is an answer, and its code says enough. Its cause has a stack.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(detail, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.title = PROBLEMS[code].title;
    this.headers = options.headers ?? {};
    this.errors = options.errors;
  }
}
