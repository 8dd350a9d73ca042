import { type Html, html } from './html.ts';
import type { Schema } from './openapi-types.ts';

interface Field {
  /** As in `metadata.branch`, `flows[].name`. */
  readonly path: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** The fields of a schema, those of objects within it too. A schema that has a name of its own is linked to. */
export function renderSchema(schema: Schema): Html {
  const fields = listFields(schema, '');
  const isNamed = schema.$ref !== undefined || fields.length === 0;
  return html`${isNamed && html`<p>${renderType(schema)}</p>`}${fields.length > 0 && renderFields(fields)}`;
}

export function renderFields(fields: readonly Field[]): Html {
  return html`<dl class="fields">${fields.map(
    ({ path, schema, isRequired }) => html`<div>
<dt><code>${path}</code> <span class="type">${renderType(schema)}${isRequired && ', required'}</span></dt>
<dd>${schema.description !== undefined && renderText(schema.description)}${renderLimits(schema)}</dd>
</div>`,
  )}</dl>`;
}

/** Text of the document: what stands between backticks is code. */
export function renderText(text: string): Html {
  return html`${text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))} `;
}

/** The anchor of a named schema. */
export function getSchemaId(name: string): string {
  return `schema-${name}`;
}

function listFields(schema: Schema, prefix: string): Field[] {
  if (schema.items) {
    return listFields(schema.items, prefix === '' ? '' : `${prefix.slice(0, -1)}[].`);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    return choices.flatMap((choice) => listFields(choice, prefix));
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    { path: `${prefix}${name}`, schema: inner, isRequired: schema.required?.includes(name) ?? false },
    ...listFields(inner, `${prefix}${name}.`),
  ]);
}

function renderType(schema: Schema): Html {
  const { $ref, items, type = 'object', additionalProperties: values } = schema;
  const choices = schema.anyOf ?? schema.oneOf ?? schema.enum?.map((value): Schema => ({ const: value }));
  if ($ref !== undefined) {
    const name = $ref.replace(/^.*\//, '');
    return html`<a href="#${getSchemaId(name)}">${name}</a>`;
  }
  if (schema.const !== undefined) {
    return html`<code>${JSON.stringify(schema.const)}</code>`;
  }
  if (choices) {
    return html`${choices.map((choice, at) => html`${at > 0 && ' or '}${renderType(choice)}`)}`;
  }
  if (items) {
    return html`list of ${renderType(items)}`;
  }
  if (typeof values === 'object') {
    return html`object of ${renderType(values)} by name`;
  }
  return html`${typeof type === 'string' ? type : type.join(' or ')}`;
}

function renderLimits({ anyOf = [], ...schema }: Schema): Html | false {
  const {
    format,
    minimum,
    maximum,
    maxLength,
    maxItems,
    default: preset,
    example,
  } = { ...anyOf[0], ...schema };
  const limits = [
    format !== undefined && `Format: ${format}.`,
    minimum !== undefined && `At least ${minimum}.`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `At most ${maximum}.`,
    maxLength !== undefined && `At most ${maxLength} characters.`,
    maxItems !== undefined && `At most ${maxItems}.`,
    preset !== undefined && `Default: ${JSON.stringify(preset)}.`,
    example !== undefined && `Example: ${JSON.stringify(example)}.`,
  ].filter((limit) => limit !== false);
  return limits.length > 0 && html`<span class="limits">${limits.join(' ')}</span>`;
}
