import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ApiKeyInfo, NewApiKey } from '../../../features/api-keys/schema.ts';
import type { App } from '../../../features/apps/schema.ts';
import { call, toError } from '../api/client.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { CodeBlock } from '../ui/code-block.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Time } from '../ui/time.tsx';
import { apiKeyPath, apiKeyQuery } from './queries.ts';

interface ApiKeyProps {
  readonly app: App;
  /** Called after each change of the key, also one that may have failed. */
  readonly onChange: () => void;
}

/**
 * The app's API key: generate, replace, remove. Only this component's state holds the whole key, so the key is gone
 * with the page. No cache, storage or address ever holds it.
 */
export function ApiKey({ app, onChange }: ApiKeyProps) {
  const info = useQuery(apiKeyQuery(app.alias));
  const { fresh, wasRemoved, generate, remove } = useApiKeyChanges({ app, onChange });
  const isSuperseded = fresh !== undefined && info.data !== undefined && !isSameKey(fresh, info.data);
  return (
    <section className="section" aria-labelledby="api-key">
      <h2 id="api-key">API key</h2>
      {/* Rendered while empty: screen readers announce only what is added to a region that is there. */}
      <div role="status">
        {fresh && (
          <p className="notice notice-warn">
            {isSuperseded ? (
              'The key that was shown here has been replaced or removed elsewhere: it no longer works.'
            ) : (
              <span>
                <strong>Copy this key and store it now.</strong> It is shown only here and only this once:
                after you leave or reload the page, nobody can read it again.
              </span>
            )}
          </p>
        )}
      </div>
      {fresh && !isSuperseded && <FreshKey apiKey={fresh.api_key} />}
      {info.error && <Failure error={info.error} onRetry={info.refetch} />}
      {info.isPending && <Loading />}
      {info.data &&
        (info.data.exists ? (
          <>
            <KeyFacts info={info.data} />
            <div className="actions">
              <ConfirmButton label="Generate API key" title="Replace the API key?" onConfirm={generate}>
                <p>
                  The new key takes the place of the old one, which stops <strong>at once</strong>: workflows
                  fail until the secret in the repository is the new key.
                </p>
              </ConfirmButton>
              <ConfirmButton
                label="Remove API key"
                title="Remove the API key?"
                isDangerous
                onConfirm={remove}
              >
                <p>
                  It stops <strong>at once</strong>: no workflow can trigger checks of {app.name} until a new
                  key is generated and stored.
                </p>
              </ConfirmButton>
            </div>
          </>
        ) : (
          <NoKey onGenerate={generate} wasRemoved={wasRemoved} />
        ))}
    </section>
  );
}

function useApiKeyChanges({ app, onChange }: ApiKeyProps) {
  const [fresh, setFresh] = useState<NewApiKey>();
  const [wasRemoved, setWasRemoved] = useState(false);
  const queryClient = useQueryClient();
  const { queryKey } = apiKeyQuery(app.alias);
  useEffect(() => {
    // The browser may keep the page for its Back button, which must not show the key again.
    const forget = () => setFresh(undefined);
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);

  async function change<Answer>(method: 'POST' | 'DELETE'): Promise<Answer> {
    // An answer from before the change would show the old key.
    await queryClient.cancelQueries({ queryKey });
    try {
      return await call<Answer>(apiKeyPath(app.alias), { method });
    } finally {
      // Also without an answer: the server may have made the change.
      void queryClient.invalidateQueries({ queryKey });
      onChange();
    }
  }

  return {
    fresh,
    wasRemoved,
    async generate() {
      const key = await change<NewApiKey>('POST');
      const { api_key: _, ...info } = key;
      queryClient.setQueryData<ApiKeyInfo>(queryKey, info);
      setFresh(key);
    },
    async remove() {
      await change('DELETE');
      setFresh(undefined);
      setWasRemoved(true);
      queryClient.setQueryData<ApiKeyInfo>(queryKey, {
        exists: false,
        start: null,
        last_four: null,
        created_at: null,
        created_by: null,
        last_used_at: null,
      });
    },
  };
}

function isSameKey(one: ApiKeyInfo, other: ApiKeyInfo): boolean {
  return (
    one.start === other.start && one.last_four === other.last_four && one.created_at === other.created_at
  );
}

function FreshKey({ apiKey }: { readonly apiKey: string }) {
  const block = useRef<HTMLDivElement>(null);
  // The button that was pressed is gone, and the focus with it.
  useEffect(() => block.current?.focus(), []);
  return (
    <div ref={block} tabIndex={-1} className="fresh-key">
      <CodeBlock code={apiKey} what="the API key" />
    </div>
  );
}

function KeyFacts({ info }: { readonly info: ApiKeyInfo }) {
  return (
    <dl className="facts">
      <dt>Key</dt>
      <dd>
        <code>
          {info.start}…{info.last_four}
        </code>
      </dd>
      <dt>Generated</dt>
      <dd>
        {info.created_at && <Time at={info.created_at} />}
        {info.created_by && ` by ${info.created_by.email}`}
      </dd>
      <dt>Last used</dt>
      <dd>{info.last_used_at ? <Time at={info.last_used_at} /> : 'never'}</dd>
    </dl>
  );
}

interface NoKeyProps {
  readonly onGenerate: () => Promise<void>;
  /** Whether the person just removed the key: the button that had the focus is gone. */
  readonly wasRemoved: boolean;
}

function NoKey({ onGenerate, wasRemoved }: NoKeyProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (wasRemoved) {
      button.current?.focus();
    }
  }, [wasRemoved]);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<Error>();

  async function generate() {
    setIsBusy(true);
    setError(undefined);
    try {
      await onGenerate();
    } catch (cause) {
      setError(toError(cause));
      setIsBusy(false);
    }
  }

  return (
    <>
      <p>This app has no API key. A workflow needs one to trigger checks.</p>
      {error && <Failure error={error} />}
      <div className="actions">
        <BusyButton
          className="button button-primary"
          ref={button}
          isBusy={isBusy}
          busyText="Generating…"
          onClick={generate}
        >
          Generate API key
        </BusyButton>
      </div>
    </>
  );
}
