import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import { call } from '../api/client.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { FormFailure, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { TextField } from '../ui/forms/text-field.tsx';
import { getAppFaults } from './get-app-faults.ts';
import { appPath, appQuery, appsQuery } from './queries.ts';

/** The app's own fields. Saves only changed fields, so that two people do not undo each other's changes. */
export function AppForm({ app }: { readonly app: App }) {
  const [isSaved, setIsSaved] = useState(false);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const saving = useMutation({
    mutationFn: (body: object) => call<App>(appPath(app.alias), { method: 'PATCH', body }),
    onSuccess: async (changed) => {
      setIsSaved(true);
      queryClient.setQueryData(appQuery(changed.alias).queryKey, changed);
      queryClient.setQueryData(appQuery(changed.id).queryKey, changed);
      void queryClient.invalidateQueries(appsQuery);
      if (changed.alias !== app.alias) {
        await navigate(`/apps/${changed.alias}/settings`, { replace: true });
      }
    },
  });
  const form = useFaultFocus(saving.error);
  const faults = getAppFaults(saving.error);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setIsSaved(false);
    const given = new FormData(event.currentTarget);
    const before = toFields(app);
    const changes = Object.entries(before)
      .map(([name, value]) => ({ name, value, now: String(given.get(name)).trim() }))
      .filter(({ value, now }) => now !== value)
      .map(({ name, now }) => [name, OPTIONAL.has(name) && now === '' ? null : now]);
    saving.mutate(Object.fromEntries(changes));
  }

  return (
    <section className="section" aria-labelledby="app">
      <h2 id="app">App</h2>
      <form ref={form} className="form" onSubmit={submit} onChange={() => setIsSaved(false)} noValidate>
        <TextField
          label="Name"
          name="name"
          required
          defaultValue={app.name}
          autoComplete="off"
          error={faults.name}
        />
        <TextField
          label="URL"
          name="url"
          type="url"
          defaultValue={app.url ?? ''}
          placeholder="https://shop.example.com"
          hint="Where the app runs. A workflow can name another one, such as a preview deployment."
          error={faults.url}
        />
        <TextField
          label="Alias"
          name="alias"
          required
          defaultValue={app.alias}
          autoComplete="off"
          spellCheck={false}
          hint="Its name in workflows and URLs. Workflows that use the old one fail until they are changed."
          error={faults.alias}
        />
        <TextField
          label="Main branch"
          name="main_branch"
          required
          defaultValue={app.main_branch}
          autoComplete="off"
          spellCheck={false}
          error={faults.main_branch}
        />
        <TextField
          label="Repository"
          name="repository_url"
          type="url"
          defaultValue={app.repository_url ?? ''}
          placeholder="https://github.com/acme/shop"
          hint="For links to commits, pull requests and the Actions secrets."
          error={faults.repository_url}
        />
        <FormFailure error={saving.error} faults={faults} />
        <div className="actions">
          <BusyButton
            type="submit"
            className="button button-primary"
            isBusy={saving.isPending}
            busyText="Saving…"
          >
            Save
          </BusyButton>
          <span role="status" className="saved">
            {isSaved && 'Saved.'}
          </span>
        </div>
      </form>
    </section>
  );
}

const OPTIONAL = new Set(['url', 'repository_url']);

function toFields(app: App): Readonly<Record<string, string>> {
  return {
    name: app.name,
    url: app.url ?? '',
    alias: app.alias,
    main_branch: app.main_branch,
    repository_url: app.repository_url ?? '',
  };
}
