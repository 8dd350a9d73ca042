import { useInfiniteQuery } from '@tanstack/react-query';
import type { App } from '../../../features/apps/schema.ts';
import type { AuditAction, AuditEvent } from '../../../features/audit/schema.ts';
import { describeSetting } from '../check-settings/setting-words.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import { ShowMore } from '../ui/show-more.tsx';
import { Time } from '../ui/time.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { describeUserAgent } from './describe-user-agent.ts';
import { auditLogQuery } from './queries.ts';

const WORDS: Readonly<Record<AuditAction, string>> = {
  'api_key.generated': 'API key generated',
  'api_key.replaced': 'API key replaced',
  'api_key.removed': 'API key removed',
  'api_key.refused': 'API key refused',
  'api_key.leaked': 'API key found in public, and removed',
  'check_settings.changed': 'Check settings changed',
  'secret.set': 'Secret set',
  'secret.removed': 'Secret removed',
};

/** Each change of the app's keys, secrets and check settings: what, who, when, from where. */
export function AuditLog({ app }: { readonly app: App }) {
  const log = useInfiniteQuery(auditLogQuery(app.alias));
  const events = log.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <section className="section" aria-labelledby="audit-log">
      <h2 id="audit-log">Audit log</h2>
      {log.error && <Failure error={log.error} onRetry={log.refetch} />}
      {log.isPending && <Loading />}
      {log.data &&
        (events.length === 0 ? (
          <p className="hint">
            Nothing yet: changes of keys, secrets and check settings are noted here, and keys that were
            refused or found in public.
          </p>
        ) : (
          <EventTable events={events} />
        ))}
      <ShowMore list={log} />
    </section>
  );
}

function EventTable({ events }: { readonly events: readonly AuditEvent[] }) {
  return (
    <table className="table audit-log" aria-labelledby="audit-log">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Who</th>
          <th scope="col">When</th>
          <th scope="col">From where</th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.id}>
            <th scope="row">
              {WORDS[event.action]}
              <Subject event={event} />
              {event.leak && <LeakPlace leak={event.leak} />}
            </th>
            <td data-label="Who">{describeActor(event.actor)}</td>
            <td data-label="When">
              <Time at={event.created_at} />
            </td>
            <td data-label="From where">
              {event.ip ?? 'unknown'}
              {event.user_agent && <UserAgent text={event.user_agent} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The secret or the settings that were changed. */
function Subject({ event }: { readonly event: AuditEvent }) {
  const subject = event.secret_name ?? event.changed_fields?.map(describeSetting).join(', ');
  return subject === undefined ? null : <span className="hint subject">{subject}</span>;
}

/** Who called, in words. What was sent unfolds: a tooltip would be out of reach of keyboards and fingers. */
function UserAgent({ text }: { readonly text: string }) {
  return (
    <details className="hint user-agent">
      <summary>{describeUserAgent(text) ?? 'another program'}</summary>
      <code>{text}</code>
    </details>
  );
}

/** The key and the place it was found. The publisher of the key chose that address, so it is shown in full. */
function LeakPlace({ leak }: { readonly leak: NonNullable<AuditEvent['leak']> }) {
  return (
    <span className="hint leak">
      It starts with {leak.start ?? '…'}.{leak.source && ` Found in: ${leak.source.replaceAll('_', ' ')}.`}
      {leak.url && (
        <>
          {' Found at: '}
          <WebLink to={leak.url}>{leak.url}</WebLink>
        </>
      )}
    </span>
  );
}

function describeActor(actor: AuditEvent['actor']): string {
  switch (actor.type) {
    case 'user':
      return actor.email ?? 'a person who is gone';
    case 'api_key':
      return `a client with a key that starts with ${actor.start ?? '…'}`;
    default:
      return actor.name;
  }
}
