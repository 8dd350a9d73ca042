import type { App } from '../../../features/apps/schema.ts';
import { settings } from '../settings.ts';
import { CodeBlock } from '../ui/copy/code-block.tsx';

/** Says that GitHub's runners cannot reach a server on a private address, and what works. */
export function UnreachableServer({ app }: { readonly app: App }) {
  const check = `npm run qassandra -- check --app ${app.alias} --server ${settings.publicUrl}`;
  return (
    <div className="notice notice-warn">
      <p>
        <strong>GitHub’s own runners cannot reach {settings.publicUrl}</strong>: only this machine or its
        network knows that address. One of these works:
      </p>
      <ul>
        <li>
          <p>A tunnel. Start the server again with its address as PUBLIC_URL; this page then names it.</p>
          <CodeBlock
            code={`cloudflared tunnel --url ${settings.publicUrl}`}
            what="the command for a tunnel"
          />
        </li>
        <li>
          <p>
            A self-hosted runner in the same network: write <code>runs-on: self-hosted</code> into the
            workflow.
          </p>
        </li>
        <li>
          <p>
            Without GitHub: the command, in the server’s folder, with the key in{' '}
            <code>QASSANDRA_API_KEY</code>.
          </p>
          <CodeBlock code={check} what="the command for a check" />
        </li>
      </ul>
    </div>
  );
}
