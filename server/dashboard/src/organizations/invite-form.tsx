import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { InvitationAnswer, Organization } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';
import { settings } from '../settings.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { CodeBlock } from '../ui/copy/code-block.tsx';
import { FormFailure, getFieldFaults, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { SelectField } from '../ui/forms/select-field.tsx';
import { TextField } from '../ui/forms/text-field.tsx';
import { formatRoleInSentence, ROLE_OPTIONS } from './format-role.ts';
import { invitationsQuery, membersQuery, organizationPath } from './queries.ts';

interface InviteFormProps {
  readonly organization: Organization;
}

/** Invites by email address. The server sends no mail, so the page offers the text to send. */
export function InviteForm({ organization }: InviteFormProps) {
  const queryClient = useQueryClient();
  const inviting = useMutation({
    mutationFn: (body: object) =>
      call<InvitationAnswer>(`${organizationPath(organization.id)}/invitations`, { method: 'POST', body }),
    onSuccess: async () => {
      form.current?.reset();
      await Promise.all([
        queryClient.invalidateQueries(membersQuery(organization.id)),
        queryClient.invalidateQueries(invitationsQuery(organization.id)),
      ]);
    },
  });
  const form = useFaultFocus(inviting.error);
  const faults = getFieldFaults(inviting.error);
  const { member, invitation } = inviting.data ?? {};

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    inviting.mutate(Object.fromEntries(new FormData(event.currentTarget)));
  }

  return (
    <>
      {settings.signIn === 'local' && (
        <p className="hint">
          This server sends no mail. Each person signs in by a link that you print in the server’s folder.
        </p>
      )}
      <form ref={form} className="form invite" onSubmit={submit} noValidate aria-label="Invite">
        <TextField
          label="Email"
          name="email"
          type="email"
          required
          autoComplete="off"
          spellCheck={false}
          error={faults.email}
        />
        <SelectField label="Role" name="role" options={ROLE_OPTIONS} defaultValue="member" />
        <BusyButton
          type="submit"
          className="button button-primary"
          isBusy={inviting.isPending}
          busyText="Inviting…"
        >
          Invite
        </BusyButton>
      </form>
      <FormFailure error={inviting.error} faults={faults} />
      {/* Rendered while empty: screen readers announce only what is added to a region that is there. */}
      <div role="status" className="said">
        {member && (
          <p className="notice">
            {member.user.email} belongs to {organization.name} now, as {formatRoleInSentence(member.role)}.
          </p>
        )}
        {invitation && (
          <p className="notice">
            The invitation of {invitation.email} waits until they sign in here.{' '}
            {settings.signIn === 'local'
              ? 'Print their link with this command, and send it to them.'
              : 'This server sends no mail: send them its address.'}
          </p>
        )}
      </div>
      {invitation && <WhatToSend email={invitation.email} />}
    </>
  );
}

/** What gets an invited person to the sign-in: a command that prints their link, or the server's address. */
function WhatToSend({ email }: { readonly email: string }) {
  if (settings.signIn === 'supabase') {
    return <CodeBlock code={settings.publicUrl} what="the address of this server" />;
  }
  // The only character of an email address that a shell would not take as it is.
  const argument = email.includes("'") ? `"${email}"` : email;
  return (
    <CodeBlock code={`npm run sign-in -- --email ${argument}`} what="the command that prints their link" />
  );
}
