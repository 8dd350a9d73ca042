import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import compression from 'compression';
import express, { type RequestHandler, Router } from 'express';

export interface DashboardRoutesOptions {
  readonly publicUrl: string;
  /** How people sign in here, which the sign-in page has to know before anyone has. */
  readonly signIn: 'local' | 'supabase';
}

const DIST = fileURLToPath(new URL('dist/', import.meta.url));
const PAGES = [
  '/',
  '/sign-in',
  '/organization',
  '/apps/:app',
  '/apps/:app/settings',
  '/apps/:app/checks/:check',
];

/** The dashboard: one document for all of its pages, and the files it asks for. */
export function createDashboardRoutes(options: DashboardRoutesOptions): Router {
  const router = Router();
  const document = readDocument(options);

  router.use(
    '/assets',
    compression(),
    express.static(`${DIST}assets`, {
      index: false,
      redirect: false,
      // An impossible range would be an error, and the files are small.
      acceptRanges: false,
      immutable: true,
      maxAge: '1y',
    }),
  );
  router.get(PAGES, sendDocument(document, 200));
  // A person who mistyped gets a page; a client that asks for something else gets the API's answer.
  router.get('/*path', (req, res, next) => {
    const isPerson = !req.path.startsWith('/api/') && req.accepts(['json', 'html']) === 'html';
    return isPerson ? sendDocument(document, 404)(req, res, next) : next();
  });
  return router;
}

function sendDocument(document: Promise<string | undefined>, status: number): RequestHandler {
  return async (_req, res) => {
    const html = await document;
    // Not even in the back/forward cache: a page may have shown a key.
    res.set('Cache-Control', 'no-store');
    if (html === undefined) {
      res
        .status(503)
        .type('text')
        .send('The dashboard is not built. Run "npm run build:dashboard" and start the server again.\n');
      return;
    }
    res.status(status).type('html').send(html);
  };
}

/** Read once, at the start. `undefined` where the pages were not built. */
async function readDocument({ publicUrl, signIn }: DashboardRoutesOptions): Promise<string | undefined> {
  const html = await readFile(`${DIST}index.html`, 'utf8').catch(() => undefined);
  // Both are safe in an attribute: an origin as the URL parser writes it, and a word of ours.
  return html?.replace('%PUBLIC_URL%', publicUrl).replace('%SIGN_IN%', signIn);
}
