import { Dialog } from '@base-ui/react/dialog';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Organization } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';
import { meQuery } from '../session/queries.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { FormDialog } from '../ui/forms/form-dialog.tsx';
import { FormFailure, getFieldFaults, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { TextField } from '../ui/forms/text-field.tsx';

interface NewOrganizationProps {
  /** Called when the person belongs to it. */
  readonly onCreated: (organization: Organization) => void;
}

/** The button and the form of a new organization. The person who creates it is its admin. */
export function NewOrganization({ onCreated }: NewOrganizationProps) {
  return (
    <FormDialog
      label="New organization"
      title="New organization"
      description="It has apps and members of its own. You are its admin."
    >
      {(close) => (
        <NewOrganizationForm
          onCreated={(organization) => {
            close();
            onCreated(organization);
          }}
        />
      )}
    </FormDialog>
  );
}

function NewOrganizationForm({ onCreated }: NewOrganizationProps) {
  const queryClient = useQueryClient();
  const creation = useMutation({
    mutationFn: (body: object) => call<Organization>('/api/organizations', { method: 'POST', body }),
    onSuccess: async (organization) => {
      await queryClient.invalidateQueries(meQuery);
      onCreated(organization);
    },
  });
  const form = useFaultFocus(creation.error);
  const faults = getFieldFaults(creation.error);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    creation.mutate(Object.fromEntries(new FormData(event.currentTarget)));
  }

  return (
    <form ref={form} className="form" onSubmit={submit} noValidate>
      <TextField label="Name" name="name" required autoComplete="off" error={faults.name} />
      <FormFailure error={creation.error} faults={faults} />
      <div className="actions">
        <Dialog.Close className="button">Cancel</Dialog.Close>
        <BusyButton
          type="submit"
          className="button button-primary"
          isBusy={creation.isPending}
          busyText="Creating…"
        >
          Create organization
        </BusyButton>
      </div>
    </form>
  );
}
