import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { CheckSettings, CheckSettingsInput } from '../../../features/check-settings/schema.ts';
import type { TriggerAnswer } from '../../../features/checks/schema.ts';
import { call } from '../api/client.ts';
import { BusyButton } from '../ui/busy-button.tsx';
import { FormFailure, useFaultFocus } from '../ui/forms/form-failure.tsx';
import { checkSettingsPath, checkSettingsQuery } from './queries.ts';
import { AccessFields, LimitFields, PathFields } from './settings-fields.tsx';
import { getSettingsFaults, readSettings } from './settings-text.ts';

interface CheckSettingsFormProps {
  readonly app: App;
  readonly settings: CheckSettings;
  /** Called after the settings have changed. */
  readonly onChange: () => void;
}

/** All settings of the app's checks. They are saved together, or tried without being saved. */
export function CheckSettingsForm({ app, settings, onChange }: CheckSettingsFormProps) {
  const [isSaved, setIsSaved] = useState(false);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const saving = useMutation({
    mutationFn: (body: CheckSettingsInput) =>
      call<CheckSettings>(checkSettingsPath(app.alias), { method: 'PUT', body }),
    onSuccess: (saved) => {
      setIsSaved(true);
      queryClient.setQueryData(checkSettingsQuery(app.alias).queryKey, saved);
      onChange();
    },
  });
  const trying = useMutation({
    mutationFn: (body: CheckSettingsInput) =>
      call<TriggerAnswer>(`${checkSettingsPath(app.alias)}/try`, { method: 'POST', body }),
    onSuccess: ({ check_id }) => navigate(`/apps/${app.alias}/checks/${check_id}`),
  });
  const error = saving.error ?? trying.error;
  const form = useFaultFocus(error);
  const faults = getSettingsFaults(error);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setIsSaved(false);
    trying.reset();
    saving.mutate(readSettings(new FormData(event.currentTarget)));
  }

  function tryOut() {
    if (form.current) {
      saving.reset();
      trying.mutate(readSettings(new FormData(form.current)));
    }
  }

  return (
    <form
      ref={form}
      className="form"
      onSubmit={submit}
      onChange={() => setIsSaved(false)}
      noValidate
      aria-label="Check settings"
    >
      <LimitFields settings={settings} faults={faults} />
      <PathFields settings={settings} faults={faults} />
      <AccessFields settings={settings} faults={faults} />
      <FormFailure error={error} faults={faults} />
      <div className="actions">
        <BusyButton
          type="submit"
          className="button button-primary"
          isBusy={saving.isPending}
          busyText="Saving…"
        >
          Save
        </BusyButton>
        <BusyButton className="button" isBusy={trying.isPending} busyText="Starting…" onClick={tryOut}>
          Try these settings
        </BusyButton>
        <span role="status" className="saved">
          {isSaved && 'Saved.'}
        </span>
      </div>
      <p className="hint">
        To try them starts a check with what is entered here. Nothing is saved, and the check counts for no
        branch.
      </p>
    </form>
  );
}
