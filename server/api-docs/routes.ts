import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { Router } from 'express';

export interface ApiDocsRoutesOptions {
  readonly publicUrl: string;
  readonly issuerUrl: string;
}

// Resolve the folder, do not import the package: its main file would load the page's whole script into this process.
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/index.html'));

// Makes Swagger UI's own page read our document instead of its example.
const INITIALIZER = `
window.ui = SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset.slice(0, 1)],
});`;

/** `/api/openapi.json`, and a page that shows it at `/api/docs`. */
export function createApiDocsRoutes(options: ApiDocsRoutesOptions): Router {
  const router = Router();
  let openApiDocument: Promise<object> | undefined;

  router.get('/openapi.json', async (_req, res) => {
    openApiDocument ??= readOpenApiDocument(options);
    res.json(await openApiDocument);
  });
  router.get('/docs/swagger-initializer.js', (_req, res) => {
    res.type('js').send(INITIALIZER);
  });
  // Redirect to a relative URL, which stays on this host: `express.static` would redirect to any host that the request
  // line names.
  router.get('/docs', (req, res, next) => (req.path.endsWith('/') ? next() : res.redirect(301, 'docs/')));
  // No ranges: an invalid range would be an error, and the files are small.
  router.use('/docs', express.static(SWAGGER_UI, { acceptRanges: false, redirect: false }));

  return router;
}

/** Built on the first request: it takes memory, and few servers are asked for it. */
async function readOpenApiDocument(options: ApiDocsRoutesOptions): Promise<object> {
  const { createOpenApiDocument } = await import('./document.ts');
  return createOpenApiDocument(options);
}
