import type { App } from '../../../features/apps/schema.ts';
import { joinRepositoryUrl } from '../apps/join-repository-url.ts';
import { WebLink } from '../ui/web-link.tsx';

/** The name of the Actions secret that the workflow reads. */
export const SECRET_NAME = 'QASSANDRA_API_KEY';

/** Where the secret is stored. In a tab of its own: the key must stay in sight. */
export function ActionsSecretsLink({ app }: { readonly app: App }) {
  const url = joinRepositoryUrl(app.repository_url, 'settings/secrets/actions/new');
  return url ? (
    <p>
      <WebLink to={url} isNewTab>
        Add an Actions secret on GitHub
      </WebLink>
    </p>
  ) : (
    <p className="hint">
      In the repository on GitHub: Settings → Secrets and variables → Actions. With the repository's address
      set below, a link stands here.
    </p>
  );
}
