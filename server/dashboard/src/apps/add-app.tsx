import { Dialog } from '@base-ui/react/dialog';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { proposeAlias } from '../../../features/apps/propose-alias.ts';
import type { App } from '../../../features/apps/schema.ts';
import { call } from '../api/client.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { FormDialog } from '../ui/forms/form-dialog.tsx';
import { FormFailure, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { SelectField } from '../ui/forms/select-field.tsx';
import { TextField } from '../ui/forms/text-field.tsx';
import { getAppFaults } from './get-app-faults.ts';
import { appsQuery } from './queries.ts';

interface AddAppProps {
  /** The organizations that the person may add apps to. */
  readonly organizations: readonly { readonly id: string; readonly name: string }[];
  /** The organization that is proposed; `undefined`: the only one of them, or none. */
  readonly proposed: string | undefined;
  /** Whether the person belongs to several, so that the form has to say which one gets the app. */
  readonly hasChoice: boolean;
}

/** The button and the form of a new app. The form proposes the alias that the server would make. */
export function AddApp(props: AddAppProps) {
  return (
    <FormDialog label="Add app" isPrimary title="Add app">
      {() => <AddAppForm {...props} />}
    </FormDialog>
  );
}

function AddAppForm({ organizations, proposed, hasChoice }: AddAppProps) {
  const [name, setName] = useState('');
  const [alias, setAlias] = useState<string>();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const creation = useMutation({
    mutationFn: (body: object) => call<App>('/api/apps', { method: 'POST', body }),
    onSuccess: async (app) => {
      await queryClient.invalidateQueries(appsQuery);
      navigate(`/apps/${app.alias}/settings`);
    },
  });
  const form = useFaultFocus(creation.error);
  const faults = getAppFaults(creation.error);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    // The server chooses for empty fields, and for an alias that was not changed.
    const given = Object.entries({ ...fields, alias: alias ?? '' }).filter(([, value]) => value !== '');
    creation.mutate(Object.fromEntries(given));
  }

  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <TextField
        label="Name"
        name="name"
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="off"
        error={faults.name}
      />
      <TextField
        label="URL"
        name="url"
        type="url"
        placeholder="https://shop.example.com"
        hint="Where the app runs. A workflow can name another one, such as a preview deployment."
        error={faults.url}
      />
      <TextField
        label="Alias"
        name="alias"
        value={alias ?? proposeAlias(name)}
        onChange={(event) => setAlias(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        hint="Its name in workflows and URLs: a-z, 0-9 and -."
        error={faults.alias}
      />
      {hasChoice && (
        <SelectField
          label="Organization"
          name="organization_id"
          defaultValue={proposed ?? (organizations.length === 1 ? organizations[0]?.id : '')}
          options={[
            ...(organizations.length > 1 ? [{ value: '', text: 'Choose one' }] : []),
            ...organizations.map(({ id, name: text }) => ({ value: id, text })),
          ]}
          error={faults.organization_id}
        />
      )}
      <FormFailure error={creation.error} faults={faults} />
      <div className="actions">
        <Dialog.Close className="button">Cancel</Dialog.Close>
        <BusyButton
          type="submit"
          className="button button-primary"
          isBusy={creation.isPending}
          busyText="Adding…"
        >
          Add app
        </BusyButton>
      </div>
    </form>
  );
}
