import fc from 'fast-check';
import { TARGET } from './hostile-values.ts';

/** The part of JSON Schema that the document's inputs use. */
export interface InputSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly InputSchema[];
  readonly items?: InputSchema;
  readonly properties?: Readonly<Record<string, InputSchema>>;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
}

export type Schemas = Readonly<Record<string, InputSchema>>;

/** The only reference in a body; `fuzz-world.ts` replaces it with an id. */
export const ORGANIZATION = '@organization';

const LONGEST = 300;
/** Made once, because it takes a tenth of a second. */
const GRAPHEME = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 });

/** Values that the schema accepts. Throws when the schema has something that is not supported here. */
export function createSchemaArbitrary(schema: InputSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  const { $ref, type, anyOf, properties, required } = schema;
  if ($ref !== undefined) {
    return createSchemaArbitrary(schemas[$ref.replace('#/components/schemas/', '')] ?? {}, schemas);
  }
  if (schema.enum) {
    return fc.constantFrom(...schema.enum);
  }
  if (typeof type === 'object') {
    return fc.oneof(...type.map((one) => createSchemaArbitrary({ ...schema, type: one }, schemas)));
  }
  if (anyOf) {
    return fc.oneof(...anyOf.map((option) => createSchemaArbitrary(option, schemas)));
  }
  switch (type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(properties ?? {}).map(([name, property]) => [
            name,
            createSchemaArbitrary(property, schemas),
          ]),
        ),
        { requiredKeys: [...(required ?? [])] },
      );
    case 'array':
      return fc.array(createSchemaArbitrary(schema.items ?? {}, schemas), { maxLength: 4 });
    case 'string':
      return createStringArbitrary(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: Math.min(schema.maximum ?? 10, 2 ** 31 - 1) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`The fuzzer knows no schema like ${JSON.stringify(schema)}: teach it.`);
  }
}

function createStringArbitrary({ format, pattern, minLength = 0, maxLength = LONGEST }: InputSchema) {
  switch (format) {
    case 'uri':
      return fc.webPath().map((path) => TARGET + path.slice(1));
    case 'email':
      return fc.nat(50).map((number) => `person-${number}@fuzz.example`);
    case 'uuid':
      return fc.oneof(
        { weight: 4, arbitrary: fc.constant(ORGANIZATION) },
        { weight: 1, arbitrary: fc.uuid() },
      );
    case undefined:
      return pattern === undefined
        ? fc.string({ unit: GRAPHEME, minLength, maxLength: Math.min(maxLength, LONGEST) })
        : fc.stringMatching(new RegExp(pattern));
    default:
      throw new Error(`The fuzzer knows no strings of the format ${format}: teach it.`);
  }
}
