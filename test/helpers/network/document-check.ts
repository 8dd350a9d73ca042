import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export interface Operation {
  readonly security: readonly unknown[];
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly content?: Readonly<Record<string, unknown>>;
        readonly headers?: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

export interface OpenApi<Of extends Operation = Operation> {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Of>>>>;
}

/** An answer to `method` at the documented path `path`. */
export interface DocumentedAnswer {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** Returns the differences between an answer and the document; an empty list when there are none. */
export function createDocumentCheck(openApi: OpenApi): (answer: DocumentedAnswer) => readonly unknown[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(openApi, 'openapi');

  return ({ path, method, status, contentType, body }) => {
    const responses = openApi.paths[path]?.[method.toLowerCase()]?.responses ?? {};
    const key = String(status) in responses ? String(status) : 'default';
    const content = responses[key]?.content;
    const [type] = contentType?.split(';', 1) ?? [];
    const documented = content && Object.keys(content)[0];
    if (type !== documented) {
      return [`${method} ${path} answered ${status} as ${type}, not as ${documented}`];
    }
    if (type === undefined) {
      return [];
    }
    const pointer = ['paths', path, method.toLowerCase(), 'responses', key, 'content', type, 'schema']
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.getSchema(`openapi#/${pointer}`);
    if (!validate) {
      return [`the document has no schema at ${pointer}`];
    }
    validate(body);
    return validate.errors ?? [];
  };
}
