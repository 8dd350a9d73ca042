import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { App } from '../../../features/apps/schema.ts';
import { call, Problem } from '../api/client.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { ConfirmDialog } from '../ui/confirm-button.tsx';
import { FormFailure, getFieldFaults, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { TextField } from '../ui/forms/text-field.tsx';
import { secretPath } from './queries.ts';

interface SecretFormProps {
  readonly app: App;
  /** The secrets that are there: the value of one of them is replaced. */
  readonly names: readonly string[];
  readonly onSaved: () => Promise<void>;
}

interface GivenSecret {
  readonly name: string;
  readonly value: string;
}

/** The name is a part of the path, so the server cannot say that it is missing. */
const NAME_MISSING = {
  status: 400,
  code: 'invalid_request',
  title: 'The name is missing',
  detail: 'Give the secret a name.',
  errors: [{ path: 'name', message: 'is required' }],
};

/** Stores a secret. The form forgets the value as soon as the server has it. */
export function SecretForm({ app, names, onSaved }: SecretFormProps) {
  /** Waits for the person's word: it replaces a value that nobody can read again. */
  const [replacing, setReplacing] = useState<GivenSecret>();
  const saving = useMutation({
    mutationFn: async ({ name, value }: GivenSecret) => {
      if (name === '') {
        throw new Problem(NAME_MISSING);
      }
      return call(secretPath(app.alias, name), { method: 'PUT', body: { value } });
    },
    onSuccess: async () => {
      form.current?.reset();
      await onSaved();
    },
    // The value is in the variables of the mutation, which would be kept for minutes.
    gcTime: 0,
  });
  const form = useFaultFocus(saving.error);
  const faults = getFieldFaults(saving.error);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const secret = { name: String(given.get('name')).trim(), value: String(given.get('value')) };
    if (names.includes(secret.name)) {
      saving.reset();
      setReplacing(secret);
    } else {
      saving.mutate(secret);
    }
  }

  return (
    <form ref={form} className="form" onSubmit={submit} noValidate aria-label="Store a secret">
      <TextField
        label="Secret's name"
        name="name"
        required
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        placeholder="STAGING_PASSWORD"
        list="secret-names"
        hint="A-Z, 0-9 and _. The name of a secret that is there replaces its value."
        error={faults.name}
      />
      <datalist id="secret-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <TextField
        label="Value"
        name="value"
        type="password"
        required
        // Keeps password managers from offering, and from storing, the password of an account.
        autoComplete="new-password"
        error={faults.value}
      />
      <FormFailure error={saving.error} faults={faults} />
      <div className="actions">
        <BusyButton type="submit" className="button" isBusy={saving.isPending} busyText="Storing…">
          Store secret
        </BusyButton>
        <span role="status" className="saved">
          {saving.isSuccess && 'Stored.'}
        </span>
      </div>
      <ConfirmDialog
        label="Replace value"
        title={`Replace the value of ${replacing?.name}?`}
        isDangerous
        isOpen={replacing !== undefined}
        onOpenChange={() => setReplacing(undefined)}
        onConfirm={async () => {
          if (replacing) {
            // Not awaited: the form behind the question says how it went.
            saving.mutate(replacing);
          }
        }}
      >
        <p>Checks use the new value from now on. The old one cannot be restored.</p>
      </ConfirmDialog>
    </form>
  );
}
