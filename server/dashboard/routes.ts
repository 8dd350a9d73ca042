import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import compression from 'compression';
import express, { type RequestHandler, Router } from 'express';
import { isPrivateHost } from './is-private-host.ts';

export interface DashboardRoutesOptions {
  readonly publicUrl: string;
  /** How people sign in. The sign-in page needs this before anyone has signed in. */
  readonly signIn: 'local' | 'supabase';
  /** The action's commit or tag for workflows; `undefined`: the commit of the build. */
  readonly actionRef: string | undefined;
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

/** The dashboard: one HTML document for all its pages, and the files that the document loads. */
export function createDashboardRoutes(options: DashboardRoutesOptions): Router {
  const router = Router();
  const document = readDocument(options);

  router.use(
    '/assets',
    compression(),
    express.static(`${DIST}assets`, {
      index: false,
      redirect: false,
      // No ranges: an invalid range would be an error, and the files are small.
      acceptRanges: false,
      immutable: true,
      maxAge: '1y',
    }),
  );
  router.get(PAGES, sendDocument(document, 200));
  // A browser that opens an unknown path gets a page; any other client gets the API's answer.
  router.get('/*path', (req, res, next) => {
    const isPerson = !req.path.startsWith('/api/') && req.accepts(['json', 'html']) === 'html';
    return isPerson ? sendDocument(document, 404)(req, res, next) : next();
  });
  return router;
}

function sendDocument(document: Promise<string | undefined>, status: number): RequestHandler {
  return async (_req, res) => {
    const html = await document;
    // `no-store` keeps the page out of the back/forward cache too: it may have shown a key.
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

/** Reads the document once, at the start. Resolves with `undefined` if the pages were not built. */
async function readDocument(options: DashboardRoutesOptions): Promise<string | undefined> {
  const { publicUrl, signIn, actionRef = await readCommit() } = options;
  const html = await readFile(`${DIST}index.html`, 'utf8').catch(() => undefined);
  // All values are safe in an attribute: an origin from the URL parser, fixed words, and a commit or tag.
  return html
    ?.replace('%PUBLIC_URL%', publicUrl)
    .replace('%SIGN_IN%', signIn)
    .replace('%REACH%', isPrivateHost(new URL(publicUrl).hostname) ? 'private' : 'public')
    .replace('%ACTION_REF%', actionRef);
}

/** The commit that the pages were built from, as build.ts wrote it; empty if that is unknown. */
async function readCommit(): Promise<string> {
  const commit = await readFile(`${DIST}commit.txt`, 'utf8').catch(() => '');
  return /^[0-9a-f]{40}$/.test(commit) ? commit : '';
}
