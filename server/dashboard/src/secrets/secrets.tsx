import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { App } from '../../../features/apps/schema.ts';
import type { Secret } from '../../../features/secrets/schema.ts';
import { call } from '../api/client.ts';
import { describeSetting } from '../check-settings/setting-words.ts';
import { Clamped } from '../ui/clamped.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { Time } from '../ui/time.tsx';
import { secretPath, secretsQuery } from './queries.ts';
import { SecretForm } from './secret-form.tsx';

interface SecretsProps {
  readonly app: App;
  /** Called after each change of a secret. */
  readonly onChange: () => void;
}

/** The app's secrets: their names, and where they are used. Nobody can read a value. */
export function Secrets({ app, onChange }: SecretsProps) {
  const { data, error, isPending, refetch } = useQuery(secretsQuery(app.alias));
  const heading = useRef<HTMLHeadingElement>(null);
  const queryClient = useQueryClient();

  async function update(): Promise<void> {
    onChange();
    await queryClient.invalidateQueries(secretsQuery(app.alias));
  }

  async function remove(name: string): Promise<void> {
    await call(secretPath(app.alias, name), { method: 'DELETE' });
    await update();
  }

  return (
    <section className="section" aria-labelledby="secrets">
      <h2 id="secrets" ref={heading} tabIndex={-1}>
        Secrets
      </h2>
      <p>
        What lets checks in: a password, a bypass token. Check settings use one as <code>{'{{NAME}}'}</code>.
        Values are stored encrypted, and are never shown again.
      </p>
      {error && <Failure error={error} onRetry={refetch} />}
      {isPending && <Loading />}
      {data && data.secrets.length > 0 && (
        <SecretTable secrets={data.secrets} onRemove={remove} focusAfter={heading} />
      )}
      <SecretForm app={app} names={data?.secrets.map(({ name }) => name) ?? []} onSaved={update} />
    </section>
  );
}

interface SecretTableProps {
  readonly secrets: readonly Secret[];
  readonly onRemove: (name: string) => Promise<void>;
  readonly focusAfter: React.RefObject<HTMLElement | null>;
}

function SecretTable({ secrets, onRemove, focusAfter }: SecretTableProps) {
  return (
    <table className="table">
      <caption className="visually-hidden">Secrets of this app</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Stored</th>
          <th scope="col">Used in</th>
          <th scope="col">
            <span className="visually-hidden">Remove</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {secrets.map(({ name, updated_at, updated_by, used_in }) => (
          <tr key={name}>
            <th scope="row">
              <code>
                <Clamped text={name} />
              </code>
            </th>
            <td data-label="Stored">
              <Time at={updated_at} />
              {updated_by && ` by ${updated_by.email}`}
            </td>
            <td data-label="Used in">{used_in.map(describeSetting).join(', ')}</td>
            <td>
              <ConfirmButton
                label="Remove"
                subject={name}
                title={`Remove ${name}?`}
                isDangerous
                focusAfter={focusAfter}
                onConfirm={() => onRemove(name)}
              >
                <p>
                  {used_in.length === 0
                    ? 'Its value cannot be restored.'
                    : `The check settings use it (${used_in.map(describeSetting).join(', ')}): take it out there first.`}
                </p>
              </ConfirmButton>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
