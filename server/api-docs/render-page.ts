import { type Html, html } from './html.ts';
import type { OpenApiDocument, Operation } from './openapi-types.ts';
import { getSchemaId, renderFields, renderSchema, renderText } from './render-schema.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The page that shows the document: every route, what it takes and answers, and every schema. It needs no script. */
export function renderPage(document: OpenApiDocument): string {
  const { info, servers = [], components } = document;
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const tags = [...new Set(routes.map(getTag))];
  const serverUrl = servers[0]?.url ?? '';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · ${info.title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header>
<p><a href="/">${info.title}</a></p>
<h1>API</h1>
<p>${info.description} Version ${info.version}, as an <a href="../openapi.json">OpenAPI document</a>.</p>
<nav aria-label="Contents"><ul>${tags.map((tag) => html`<li><a href="#${toId(tag)}">${tag}</a></li>`)}
<li><a href="#schemas">Schemas</a></li></ul></nav>
</header>
<main>
${tags.map(
  (tag) => html`<section aria-labelledby="${toId(tag)}">
<h2 id="${toId(tag)}">${tag}</h2>
${routes.filter((route) => getTag(route) === tag).map((route) => renderRoute(route, serverUrl))}
</section>`,
)}
<section aria-labelledby="schemas">
<h2 id="schemas">Schemas</h2>
${Object.entries(components.schemas).map(
  ([name, schema]) => html`<article>
<h3 id="${getSchemaId(name)}">${name}</h3>
${schema.description !== undefined && html`<p>${renderText(schema.description)}</p>`}
${renderSchema(schema)}
</article>`,
)}
</section>
</main>
</body>
</html>
`.text;
}

function renderRoute(route: Route, serverUrl: string): Html {
  const { method, path, operation } = route;
  const { parameters = [], requestBody, responses } = operation;
  const command = writeCurl(route, serverUrl);
  return html`<details>
<summary><h3><span class="method">${method}</span> <code>${path}</code></h3> <span>${operation.summary}</span></summary>
${operation.description !== undefined && html`<p>${renderText(operation.description)}</p>`}
<p>${describeCaller(operation)}</p>
${
  parameters.length > 0 &&
  html`<h4>Parameters</h4>
${renderFields(
  parameters.map(({ name, description, schema, required = false, ...parameter }) => ({
    path: name,
    schema: { ...schema, description: `In the ${parameter.in}. ${description ?? ''}` },
    isRequired: required,
  })),
)}`
}
${
  requestBody &&
  html`<h4>Body</h4>
${Object.values(requestBody.content).map(({ schema }) => renderSchema(schema))}`
}
<h4>Answers</h4>
<dl class="fields">${Object.entries(responses).map(
    ([status, { description, content = {} }]) => html`<div>
<dt><code>${status === 'default' ? 'any other' : status}</code></dt>
<dd>${renderText(description)}${Object.values(content).map(({ schema }) => renderSchema(schema))}</dd>
</div>`,
  )}</dl>
${command !== undefined && html`<h4>From a terminal</h4><pre><code>${command}</code></pre>`}
</details>`;
}

function describeCaller({ security = [] }: Operation): string {
  const ways = security.flatMap((way) => Object.keys(way));
  if (ways.length === 0) {
    return 'Anybody may call it.';
  }
  return ways.includes('api_key')
    ? 'With an API key of the app (“Authorization: Bearer qsk_…”), or with a session of the dashboard.'
    : 'With a session of the dashboard. An API key cannot do this.';
}

/** A command for what an API key may do; a session is a browser's. The key is piped: no list of processes shows it. */
function writeCurl({ method, path, operation }: Route, serverUrl: string): string | undefined {
  const { security = [], requestBody } = operation;
  if (!security.some((way) => 'api_key' in way)) {
    return undefined;
  }
  const options = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    '-H @-',
    ...(requestBody ? ["-H 'Content-Type: application/json'", "-d '{}'"] : []),
  ];
  return `printf 'Authorization: Bearer %s' "$QASSANDRA_API_KEY" |\n  curl -sS ${options.join(' ')} '${serverUrl}${path}'`;
}

function getTag({ operation }: Route): string {
  return operation.tags?.[0] ?? 'Other';
}

function toId(tag: string): string {
  return tag.toLowerCase().replaceAll(' ', '-');
}
