import type { App } from '../../../features/apps/schema.ts';
import { settings } from '../settings.ts';
import { CodeBlock } from '../ui/copy/code-block.tsx';
import { CopyText } from '../ui/copy/copy-text.tsx';
import { ActionsSecretsLink, SECRET_NAME } from './actions-secret.tsx';
import { UnreachableServer } from './unreachable-server.tsx';

const ACTION = 'qassandra/qassandra';
/** Stands for a commit that this build does not know. GitHub names the missing version as it is written here. */
const UNKNOWN_REF = 'COMMIT';

/** The steps in the repository, with the values of this server and this app. */
export function CiSetup({ app }: { readonly app: App }) {
  return (
    <section className="section" aria-labelledby="ci">
      <h2 id="ci">Use it in CI</h2>
      {settings.isPrivate && <UnreachableServer app={app} />}
      <ol className="steps">
        <li>
          <p>
            Store the key in the repository as the Actions secret{' '}
            <CopyText text={SECRET_NAME} what="the name of the secret" />
          </p>
          <ActionsSecretsLink app={app} />
        </li>
        <li>
          <p>
            Paste this workflow into <code>.github/workflows/check.yml</code>:
          </p>
          <CodeBlock code={writeWorkflow(app)} what="the workflow" />
          {settings.actionRef === '' && (
            <p className="hint">
              Replace <code>{UNKNOWN_REF}</code> by the commit of the action that you have read: this build
              does not know its own.
            </p>
          )}
        </li>
        <li>
          <p>Push. The check shows up under {app.name}, and can be watched while it runs.</p>
        </li>
      </ol>
      <h3>From anywhere else</h3>
      <p>
        With the key in the variable <code>{SECRET_NAME}</code>. It is piped to curl, so that no list of
        processes shows it.
      </p>
      <CodeBlock code={writeCurl(app)} what="the curl command" />
    </section>
  );
}

function writeWorkflow(app: App): string {
  return `name: Check
on:
  push:
    branches: [${quoteYaml(app.main_branch)}]
  pull_request:

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: ${ACTION}@${settings.actionRef || UNKNOWN_REF}
        with:
          api-key: \${{ secrets.${SECRET_NAME} }}
          app-id: ${quoteYaml(app.alias)}
          server-url: ${settings.publicUrl}
`;
}

/** Without quotes if YAML reads it as text; `null`, `on` and `0123` need quotes. */
function quoteYaml(text: string): string {
  const isText = /^[a-z][a-z0-9/-]+$/i.test(text) && !/^(null|true|false|yes|no|on|off)$/i.test(text);
  return isText ? text : JSON.stringify(text);
}

function writeCurl(app: App): string {
  return `printf 'Authorization: Bearer %s' "$${SECRET_NAME}" |
  curl -sS -H @- -H 'Content-Type: application/json' \\
    -d '{"branch": "main"}' \\
    ${settings.publicUrl}/api/apps/${app.alias}/trigger
`;
}
