import { expect, test } from '@jest/globals';
import { createOpenApiDocument } from '../../../server/api-docs/document.ts';
import type { OpenApiDocument } from '../../../server/api-docs/openapi-types.ts';
import { renderPage } from '../../../server/api-docs/render-page.ts';

const document: OpenApiDocument = JSON.parse(
  JSON.stringify(
    createOpenApiDocument({ publicUrl: 'https://checks.example.com', issuerUrl: 'https://id.example.com' }),
  ),
);
const page = renderPage(document);

test('shows every route and every schema, and links to nothing that is not there', () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of Object.keys(methods)) {
      expect(page).toContain(`<span class="method">${method.toUpperCase()}</span> <code>${path}</code>`);
    }
  }
  for (const name of Object.keys(document.components.schemas)) {
    expect(page).toContain(`<h3 id="schema-${name}">`);
  }
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const targets = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, target]) => target);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(targets));
  expect(page).toContain(`curl -sS -H @- &#39;https://checks.example.com/api/apps/{app}/checks&#39;`);
});

test('needs no script and no inline style, and escapes what it shows', () => {
  expect(page).not.toMatch(/<script|<style|style="|\son\w+=/);
  const hostile: OpenApiDocument = {
    ...document,
    paths: {
      '/<img src=x>': {
        get: {
          summary: '<b>"bold"</b>',
          responses: { 200: { description: '`<i>`' } },
        },
      },
    },
  };
  const text = renderPage(hostile);
  expect(text).not.toMatch(/<img|<b>|<i>/);
  expect(text).toContain('<code>/&lt;img src=x&gt;</code>');
  expect(text).toContain('<code>&lt;i&gt;</code>');
});

test('shows the fields of objects within lists and choices, with their limits', () => {
  const inner = { type: 'object', required: ['age'], properties: { age: { type: 'integer', minimum: 3 } } };
  const schemas = {
    Thing: {
      type: 'object',
      properties: {
        cats: { type: 'array', items: inner, maxItems: 9 },
        owner: { anyOf: [inner, { type: 'null' }], description: 'Of the `cats`.' },
        tags: { type: 'object', additionalProperties: { type: 'string' } },
        mood: { enum: ['good', 'bad'], default: 'good' },
      },
    },
  };
  const text = renderPage({ ...document, paths: {}, components: { schemas } }).replace(/<[^>]+>/g, '');
  const words = text
    .slice(text.lastIndexOf('Thing'))
    .split(/\s*\n\s*/)
    .filter((line) => line !== '');
  expect(words).toEqual([
    'Thing',
    'cats list of object',
    'At most 9.',
    'cats[].age integer, required',
    'At least 3.',
    'owner object or null',
    'Of the cats.',
    'owner.age integer, required',
    'At least 3.',
    'tags object of string by name',
    'mood &quot;good&quot; or &quot;bad&quot;',
    'Default: &quot;good&quot;.',
  ]);
});
