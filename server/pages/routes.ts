import { Router } from 'express';
import { renderPage, STYLE_PATH, style } from './page.ts';

/** What a browser sees until the dashboard is here: where things are. */
export function createPageRoutes(): Router {
  const router = Router();

  router.get(STYLE_PATH, (_req, res) => {
    res.type('css').send(style);
  });

  router.get('/', (_req, res) => {
    res.send(
      renderPage({
        title: 'Qassandra',
        paragraphs: [
          'This server runs your apps’ checks from CI. The dashboard is not here yet: the API does all of it.',
          { href: '/api/me', text: 'Who am I signed in as?' },
          { href: '/api/apps', text: 'My apps' },
          { href: '/api/docs', text: 'The API, with every route to try' },
        ],
      }),
    );
  });

  router.get('/apps/:app/checks/:check', (req, res) => {
    const { app, check } = req.params;
    const path = `/api/apps/${encodeURIComponent(app)}/checks/${encodeURIComponent(check)}`;
    res.send(
      renderPage({
        title: 'A check',
        paragraphs: [
          'The dashboard is not here yet. Whoever is signed in can read the check as JSON:',
          { href: path, text: path },
        ],
      }),
    );
  });

  return router;
}
