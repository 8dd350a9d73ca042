import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ApiKeyInfo, NewApiKey } from '../../../features/api-keys/schema.ts';
import type { App } from '../../../features/apps/schema.ts';
import { call, toError } from '../api/client.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Time } from '../ui/time.tsx';
import { FreshKey } from './fresh-key.tsx';
import { useKeyKeeper } from './key-keeper.tsx';
import { apiKeyPath, apiKeyQuery } from './queries.ts';

interface ApiKeyProps {
  readonly app: App;
  /** Called after each change of the key, also one that may have failed. */
  readonly onChange: () => void;
}

/** The app's API key: generate, replace, remove. `KeyKeeper` holds a new key, which is shown here until it is stored. */
export function ApiKey({ app, onChange }: ApiKeyProps) {
  const info = useQuery(apiKeyQuery(app.alias));
  const { fresh, isSuperseded, wasRemoved, generate, remove, markStored } = useApiKeyChanges({
    app,
    info: info.data,
    onChange,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <section className="section" aria-labelledby="api-key">
      <h2 id="api-key" ref={heading} tabIndex={-1}>
        API key
      </h2>
      {/* Rendered while empty: screen readers announce only what is added to a region that is there. */}
      <div role="status" className="said">
        {(fresh || isSuperseded) && <KeyNotice isSuperseded={isSuperseded} />}
      </div>
      {fresh && (
        <FreshKey
          key={fresh.api_key}
          app={app}
          apiKey={fresh.api_key}
          onStored={() => {
            markStored();
            heading.current?.focus();
          }}
        />
      )}
      {info.error && <Failure error={info.error} onRetry={info.refetch} />}
      {info.isPending && <Loading />}
      {info.data &&
        (info.data.exists ? (
          <>
            <KeyFacts info={info.data} />
            <KeyActions app={app} onGenerate={generate} onRemove={remove} />
          </>
        ) : (
          <NoKey onGenerate={generate} wasRemoved={wasRemoved} />
        ))}
    </section>
  );
}

function KeyNotice({ isSuperseded }: { readonly isSuperseded: boolean }) {
  return (
    <p className="notice notice-warn">
      {isSuperseded ? (
        'The key that was shown here has been replaced or removed elsewhere: it no longer works.'
      ) : (
        <span>
          <strong>Copy this key and store it now.</strong> It stays here until you say that you have stored
          it. After that, or when this tab is closed or reloaded, nobody can read it again.
        </span>
      )}
    </p>
  );
}

interface KeyActionsProps {
  readonly app: App;
  readonly onGenerate: () => Promise<void>;
  readonly onRemove: () => Promise<void>;
}

function KeyActions({ app, onGenerate, onRemove }: KeyActionsProps) {
  return (
    <div className="actions">
      <ConfirmButton label="Generate API key" title="Replace the API key?" onConfirm={onGenerate}>
        <p>
          The new key takes the place of the old one, which stops <strong>at once</strong>: workflows fail
          until the secret in the repository is the new key.
        </p>
      </ConfirmButton>
      <ConfirmButton label="Remove API key" title="Remove the API key?" isDangerous onConfirm={onRemove}>
        <p>
          It stops <strong>at once</strong>: no workflow can trigger checks of {app.name} until a new key is
          generated and stored.
        </p>
      </ConfirmButton>
    </div>
  );
}

interface ApiKeyChangesOptions extends ApiKeyProps {
  readonly info: ApiKeyInfo | undefined;
}

function useApiKeyChanges({ app, info, onChange }: ApiKeyChangesOptions) {
  const { kept, keep, forget, setShown } = useKeyKeeper();
  const fresh = kept.find((one) => one.app.id === app.id)?.key;
  const [wasRemoved, setWasRemoved] = useState(false);
  const [isSuperseded, setIsSuperseded] = useState(false);
  const queryClient = useQueryClient();
  const { queryKey } = apiKeyQuery(app.alias);
  useEffect(() => {
    setShown(app.id);
    return () => setShown(undefined);
  }, [app.id, setShown]);
  const isOther = fresh !== undefined && info !== undefined && !isSameKey(fresh, info);
  useEffect(() => {
    if (isOther) {
      setIsSuperseded(true);
      forget(app.id);
    }
  }, [isOther, forget, app.id]);

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
    fresh: isOther ? undefined : fresh,
    isSuperseded: isSuperseded || isOther,
    wasRemoved,
    async generate() {
      const key = await change<NewApiKey>('POST');
      const { api_key: _, ...rest } = key;
      queryClient.setQueryData<ApiKeyInfo>(queryKey, rest);
      setIsSuperseded(false);
      keep({ app, key });
    },
    async remove() {
      await change('DELETE');
      setIsSuperseded(false);
      forget(app.id);
      setWasRemoved(true);
      queryClient.setQueryData<ApiKeyInfo>(queryKey, NO_KEY);
    },
    markStored: () => forget(app.id),
  };
}

const NO_KEY: ApiKeyInfo = {
  exists: false,
  start: null,
  last_four: null,
  created_at: null,
  created_by: null,
  last_used_at: null,
};

function isSameKey(one: ApiKeyInfo, other: ApiKeyInfo): boolean {
  return (
    one.start === other.start && one.last_four === other.last_four && one.created_at === other.created_at
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
