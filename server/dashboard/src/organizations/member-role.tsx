import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useState } from 'react';
import type { Role } from '../../../features/organizations/role.ts';
import type { Member, Organization } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';
import { meQuery } from '../session/queries.ts';
import { ConfirmDialog } from '../ui/confirm-button.tsx';
import { SelectField } from '../ui/forms/select-field.tsx';
import { formatRoleInSentence, ROLE_OPTIONS } from './format-role.ts';
import { membersQuery } from './queries.ts';

interface MemberRoleProps {
  readonly organization: Organization;
  readonly member: Member;
  readonly isOwn: boolean;
  /** The member's route. */
  readonly path: string;
  /** Gets the focus after an admin gave up that role: this choice is gone then. */
  readonly focusAfter: RefObject<HTMLElement | null>;
  readonly onDone: (what: string) => void;
  readonly onError: (error: Error) => void;
}

/** A member's role as a choice that is saved at once. Asks admins before they give up their own role. */
export function MemberRole({
  organization,
  member,
  isOwn,
  path,
  focusAfter,
  onDone,
  onError,
}: MemberRoleProps) {
  const [asked, setAsked] = useState<Role>();
  const queryClient = useQueryClient();
  const { email } = member.user;
  const saving = useMutation({
    // One after the other, so that the last choice wins.
    scope: { id: path },
    mutationFn: (role: Role) => call(path, { method: 'PATCH', body: { role } }),
    onSuccess: async (_answer, role) => {
      onDone(`${email} is ${formatRoleInSentence(role)} now.`);
      await queryClient.invalidateQueries(membersQuery(organization.id));
    },
  });

  function choose(role: Role) {
    if (isOwn && role !== member.role) {
      setAsked(role);
    } else {
      saving.mutate(role, { onError });
    }
  }

  return (
    <>
      <SelectField
        label={`Role of ${email}`}
        isLabelHidden
        options={ROLE_OPTIONS}
        value={saving.isPending ? saving.variables : member.role}
        onChange={(event) => choose(event.currentTarget.value as Role)}
      />
      {isOwn && (
        <ConfirmDialog
          label="Change my role"
          title="Give up your role of admin?"
          isOpen={asked !== undefined}
          onOpenChange={(open) => !open && setAsked(undefined)}
          focusAfter={focusAfter}
          onConfirm={async () => {
            if (asked) {
              await saving.mutateAsync(asked);
              // Not awaited: this removes the choice, and the dialog with it, which only admins have.
              void queryClient.invalidateQueries(meQuery);
            }
          }}
        >
          <p>
            You will be {formatRoleInSentence(asked ?? member.role)} of {organization.name}. Only another
            admin can make you admin again.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
