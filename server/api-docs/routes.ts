import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { Router } from 'express';

export interface ApiDocsRoutesOptions {
  readonly publicUrl: string;
  readonly issuerUrl: string;
}

// Resolved, not imported: its main file would load the page's whole script into this process.
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/index.html'));

// Swagger UI's own page, told to read our document instead of its example.
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
  // A relative redirect stays on this host. The one of `express.static` repeats the host of the request line.
  router.get('/docs', (req, res, next) => (req.path.endsWith('/') ? next() : res.redirect(301, 'docs/')));
  // No ranges: an impossible one would be an error, and the files are small.
  router.use('/docs', express.static(SWAGGER_UI, { acceptRanges: false, redirect: false }));

  return router;
}

/** Loaded at the first request: the document takes memory, and few ask for it. */
async function readOpenApiDocument(options: ApiDocsRoutesOptions): Promise<object> {
  const { createOpenApiDocument } = await import('./document.ts');
  return createOpenApiDocument(options);
}
