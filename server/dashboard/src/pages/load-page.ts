/** The pages that are scripts of their own, by the form of their path. */
export const loadPage = {
  app: () => import('./app-page.tsx'),
  check: () => import('./check-page.tsx'),
  organization: () => import('./organization-page.tsx'),
  settings: () => import('./settings-page.tsx'),
  signIn: () => import('./sign-in-page.tsx'),
};

const LOADERS: readonly (readonly [path: RegExp, load: () => Promise<unknown>])[] = [
  [/^\/apps\/[^/]+$/, loadPage.app],
  [/^\/apps\/[^/]+\/checks\/[^/]+$/, loadPage.check],
  [/^\/apps\/[^/]+\/settings$/, loadPage.settings],
  [/^\/organization$/, loadPage.organization],
];

/** Loads the script of a page before it is needed. If that fails, opening the page tries again and says why. */
export function preloadPage(pathname: string): void {
  const [, load] = LOADERS.find(([path]) => path.test(pathname)) ?? [];
  load?.().catch(() => undefined);
}

/** Loads the script of this page beside the session, and that of another page while a link to it is pointed at. */
export function preloadPages(): void {
  preloadPage(location.pathname);
  for (const type of ['pointerover', 'focusin']) {
    document.addEventListener(type, ({ target }) => {
      const link = target instanceof Element ? target.closest('a') : null;
      if (link?.origin === location.origin) {
        preloadPage(link.pathname);
      }
    });
  }
}
