import fc from 'fast-check';
import type { OpenApi, Operation } from '../helpers/network/document-check.ts';
import { hostileString, hostileText, hostileValue } from './hostile-values.ts';
import { createSchemaArbitrary, type InputSchema, type Schemas } from './schema-arbitrary.ts';

/** The kinds of callers; `fuzz-world.ts` has the headers of each. */
export const CALLERS = [
  'nobody',
  'malformed key',
  'unknown key',
  'replaced key',
  'own key',
  'key of another app',
  'basic',
  'two keys',
  'admin',
  'member',
  'viewer',
  'stranger',
  'tampered session',
  'own key and stranger',
  'unknown key and admin',
  /** Signs the body as it is sent. */
  'github',
] as const;

export type Caller = (typeof CALLERS)[number];

/**
 * The things that a path can name. `fuzz-world.ts` replaces them with the ids of the run, so that a seed
 * means the same every time.
 */
export const REFERENCES = [
  '@app',
  '@app alias',
  '@other app',
  '@doomed app',
  '@doomed app alias',
  '@check',
  '@lasting check',
  '@other check',
  '@organization',
  '@other organization',
  '@spare user',
  '@invitation',
  '@secret',
] as const;

export type Reference = (typeof REFERENCES)[number];

/** A request as plain data, so that a failure can be printed and shrunk. */
export interface FuzzRequest {
  readonly caller: Caller;
  readonly method: string;
  /** As in the document, with `{parameters}`. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;
  /** The compression of the body; `lie` says gzip and sends plain text. */
  readonly packing: 'plain' | 'gzip' | 'br' | 'deflate' | 'lie';
}

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly schema: InputSchema;
}

export interface InputOperation extends Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: InputSchema }>> };
}

export interface InputDocument extends OpenApi<InputOperation> {
  readonly components: { readonly schemas: Schemas };
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: InputOperation;
  readonly schemas: Schemas;
}

/** Requests to all operations of the document, most of them almost valid. */
export function createRequestArbitrary(document: InputDocument): fc.Arbitrary<FuzzRequest> {
  const { schemas } = document.components;
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation, schemas })),
  );
  return fc.oneof(...routes.map(createRouteArbitrary));
}

function createRouteArbitrary(route: Route): fc.Arbitrary<FuzzRequest> {
  const { method, path } = route;
  return fc.record({
    caller: createCallerArbitrary(path),
    method: fc.constant(method.toUpperCase()),
    path: fc.constant(path),
    parameters: createParametersArbitrary(route),
    query: createQueryArbitrary(route),
    headers: createHeadersArbitrary(route),
    body: method === 'get' ? fc.constant(undefined) : createBodyArbitrary(route),
    packing: often<FuzzRequest['packing']>('plain', fc.constantFrom('gzip', 'br', 'deflate', 'lie')),
  });
}

/** Prefers the callers who may do most, so that more than refusals is tested. */
function createCallerArbitrary(path: string): fc.Arbitrary<Caller> {
  const usual: readonly Caller[] = path.includes('github') ? ['github'] : ['admin', 'own key', 'member'];
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...usual) },
    { weight: 2, arbitrary: fc.constantFrom(...CALLERS) },
  );
}

const PATH_TRICKS = [
  '%00',
  '%2e%2e',
  '..%2f',
  '%',
  '%ff',
  '%c0%ae',
  ';',
  '.',
  '%2571sk_',
  '%0d%0a',
  '~',
  '*',
];

function createParametersArbitrary({ method, path }: Route): fc.Arbitrary<Record<string, string>> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const trick = fc.oneof(
    fc.constantFrom(...PATH_TRICKS),
    hostileString.map((text) => encodeURIComponent(text.toWellFormed()) || '%20'),
    fc.uuid(),
  );
  return fc.record(
    Object.fromEntries(
      names.map((name) => [
        name,
        fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom(...getCandidates(name, method, path)) },
          { weight: 1, arbitrary: trick },
        ),
      ]),
    ),
  );
}

/** Removes or locks only things made for that, so that other requests still find theirs. */
function getCandidates(name: string, method: string, path: string): readonly Reference[] {
  const changesApp = method !== 'get' && /\{app\}(\/api-key)?$/.test(path);
  switch (name) {
    case 'app':
      return changesApp
        ? ['@doomed app', '@doomed app alias', '@other app']
        : ['@app', '@app alias', '@app', '@other app', '@doomed app'];
    case 'check':
      return ['@lasting check', '@check', '@other check'];
    case 'organization':
      return ['@organization', '@organization', '@other organization'];
    case 'user':
      return ['@spare user'];
    case 'invitation':
      return ['@invitation'];
    case 'name':
      return ['@secret'];
    default:
      throw new Error(`The fuzzer does not know what to put in {${name}}: teach it.`);
  }
}

function createQueryArbitrary({ operation, schemas }: Route): fc.Arbitrary<[string, string][]> {
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const known = parameters.map(({ name, schema }) => {
    // Longer waits would take up the whole run.
    const valid =
      name === 'wait' ? fc.constantFrom('0', '0.01', '00.1') : createSchemaArbitrary(schema, schemas);
    const value = fc.oneof(
      { weight: 3, arbitrary: valid.map(String) },
      { weight: 1, arbitrary: hostileString },
    );
    return value.map((text): [string, string] => [name, text]);
  });
  const unknown = fc.tuple(hostileString, hostileString);
  return fc.array(fc.oneof(...known, ...known, unknown), { maxLength: 4 });
}

const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'application/json; charset="'],
  ['content-type', 'multipart/form-data'],
  ['accept', 'text/html'],
  ['accept', ';;q='],
  ['accept-encoding', 'br;q=nonsense, *'],
  ['if-none-match', '*'],
  ['if-match', '"x"'],
  ['range', 'bytes=9-1'],
  ['x-forwarded-for', `${'1.2.3.4, '.repeat(50)}nonsense`],
  ['x-forwarded-host', 'evil.example'],
  ['x-http-method-override', 'DELETE'],
  ['x-original-url', '/healthz'],
  ['x-request-id', 'mine'],
  ['origin', 'null'],
  ['origin', 'https://evil.example'],
  ['sec-fetch-site', 'cross-site'],
  ['referer', 'https://evil.example/'],
  ['user-agent', '\xff\xfe<script>'],
  ['user-agent', 'x'.repeat(2_000)],
  ['cookie', 'a=b; =; sb-127-auth-token.0=base64-; sb-127-auth-token=[1]'],
  ['idempotency-key', 'same'],
];

function createHeadersArbitrary({ operation, schemas }: Route): fc.Arbitrary<[string, string][]> {
  const known = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'header')
    .map(({ name, schema }) =>
      fc
        .oneof(createSchemaArbitrary(schema, schemas), hostileString)
        .map((text): [string, string] => [name, toHeaderValue(String(text))]),
    );
  const odd = fc.constantFrom(...ODD_HEADERS).map(([name, value]): [string, string] => [name, value]);
  return fc.array(fc.oneof(...known, odd), { maxLength: 2 });
}

/** Removes what this client cannot send; `requests.malformed.test.ts` tests that. */
function toHeaderValue(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
}

function createBodyArbitrary({ operation, schemas }: Route): fc.Arbitrary<string | undefined> {
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (!schema) {
    return often<string | undefined>(undefined, hostileText);
  }
  const { type, items, properties } = resolve(schema, schemas);
  if (type === 'array' && items) {
    const list = fc.array(createObjectTextArbitrary(items, schemas), { maxLength: 4 });
    return fc.oneof(
      { weight: 9, arbitrary: list.map((texts) => `[${texts.join()}]`) },
      { weight: 1, arbitrary: hostileText },
    );
  }
  if (!properties) {
    throw new Error(`The fuzzer sends no bodies of the kind ${type}: teach it.`);
  }
  return fc.oneof(
    { weight: 11, arbitrary: createObjectTextArbitrary(schema, schemas) },
    { weight: 2, arbitrary: hostileText },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function resolve(schema: InputSchema, schemas: Schemas): InputSchema {
  return schema.$ref === undefined ? schema : (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
}

/** An object of the schema as JSON: valid, with one field spoilt, or with an unknown field. */
function createObjectTextArbitrary(schema: InputSchema, schemas: Schemas): fc.Arbitrary<string> {
  const valid = createSchemaArbitrary(schema, schemas);
  const fields = Object.keys(resolve(schema, schemas).properties ?? {});
  const spoilt = fc
    .tuple(valid, fc.constantFrom(...fields), hostileValue)
    .map(([body, field, value]) => JSON.stringify({ ...Object(body), [field]: value }));
  // Written as text, because `__proto__` in an object literal would not become a field.
  const extended = fc
    .tuple(valid, hostileString, hostileValue)
    .map(
      ([body, name, value]) =>
        `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(body).slice(1)}`,
    )
    .map((text) => text.replace(/,\}$/, '}'));
  return fc.oneof(
    { weight: 5, arbitrary: valid.map((body) => JSON.stringify(body)) },
    { weight: 4, arbitrary: spoilt },
    { weight: 2, arbitrary: extended },
  );
}

/** Shrinks to `usual`. */
function often<Value>(usual: Value, other: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}
