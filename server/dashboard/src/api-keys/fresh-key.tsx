import { useEffect, useRef } from 'react';
import type { App } from '../../../features/apps/schema.ts';
import { CodeBlock } from '../ui/copy/code-block.tsx';
import { CopyText } from '../ui/copy/copy-text.tsx';
import { ActionsSecretsLink, SECRET_NAME } from './actions-secret.tsx';

interface FreshKeyProps {
  readonly app: App;
  readonly apiKey: string;
  readonly onStored: () => void;
}

/** A key that was just generated, beside what GitHub asks for with it. It stays until the person has stored it. */
export function FreshKey({ app, apiKey, onStored }: FreshKeyProps) {
  const block = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone, and the focus with it.
  useEffect(() => block.current?.focus(), []);
  return (
    <div ref={block} tabIndex={-1} className="fresh-key">
      <dl className="facts">
        <dt>Name</dt>
        <dd>
          <CopyText text={SECRET_NAME} what="the secret's name" />
        </dd>
        <dt>Secret</dt>
        <dd>
          <CodeBlock code={apiKey} what="the API key" />
        </dd>
      </dl>
      <ActionsSecretsLink app={app} />
      <div className="actions">
        <button type="button" className="button button-primary" onClick={onStored}>
          I have stored it
        </button>
      </div>
    </div>
  );
}
