import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Organization } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';
import { meQuery } from '../session/queries.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { FormFailure, getFieldFaults, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { TextField } from '../ui/forms/text-field.tsx';
import { organizationPath } from './queries.ts';

/** The organization's name, for its admins. */
export function OrganizationForm({ organization }: { readonly organization: Organization }) {
  const [isSaved, setIsSaved] = useState(false);
  const queryClient = useQueryClient();
  const saving = useMutation({
    mutationFn: (body: object) =>
      call<Organization>(organizationPath(organization.id), { method: 'PATCH', body }),
    onSuccess: async () => {
      await queryClient.invalidateQueries(meQuery);
      setIsSaved(true);
    },
  });
  const form = useFaultFocus(saving.error);
  const faults = getFieldFaults(saving.error);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setIsSaved(false);
    saving.mutate(Object.fromEntries(new FormData(event.currentTarget)));
  }

  return (
    <section className="section" aria-labelledby="rename">
      <h2 id="rename">Rename this organization</h2>
      <form ref={form} className="form" onSubmit={submit} onChange={() => setIsSaved(false)} noValidate>
        <TextField
          label="Name"
          name="name"
          required
          defaultValue={organization.name}
          autoComplete="off"
          error={faults.name}
        />
        <FormFailure error={saving.error} faults={faults} />
        <div className="actions">
          <BusyButton type="submit" className="button" isBusy={saving.isPending} busyText="Saving…">
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
