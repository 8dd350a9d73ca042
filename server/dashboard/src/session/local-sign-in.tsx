import type { ReactNode } from 'react';
import { settings } from '../settings.ts';
import { CodeBlock } from '../ui/copy/code-block.tsx';
import { Page } from '../ui/page.tsx';

/** How to sign in to a server that makes the sign-in links itself. */
export function LocalSignIn({ notice }: { readonly notice: ReactNode }) {
  return (
    <Page title="Sign in">
      {notice}
      <p>
        When the server was started, it printed a line with a link:{' '}
        <code>Sign in: {settings.publicUrl}/…</code>
        Open that link in this browser.
      </p>
      <div className="field">
        <p>The link works once, for 15 minutes. For a new one, run this in the server's folder:</p>
        <CodeBlock code="npm run sign-in" what="the command for a new link" />
      </div>
      <div className="field">
        <p>That signs in the server’s admin. For a link of a person of their own, add the address:</p>
        <CodeBlock
          code="npm run sign-in -- --email ada@example.com"
          what="the command for a link of one person"
        />
      </div>
      <div className="field">
        <p>With Docker Compose:</p>
        <CodeBlock
          code="docker compose exec server node server/commands/sign-in.ts"
          what="the Docker Compose command for a new link"
        />
      </div>
    </Page>
  );
}
