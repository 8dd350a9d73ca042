import type { ComponentProps } from 'react';
import type { CheckSettings } from '../../../features/check-settings/schema.ts';
import type { FieldFaults } from '../ui/forms/form-failure.tsx';
import { TextField } from '../ui/forms/text-field.tsx';
import { SETTING_WORDS } from './setting-words.ts';
import { toHeaderLines, toLines } from './settings-text.ts';

interface FieldsProps {
  readonly settings: CheckSettings;
  readonly faults: FieldFaults;
}

const LIMITS = [
  'max_pages',
  'max_depth',
  'time_limit_seconds',
  'page_timeout_seconds',
  'requests_at_once',
] as const;

/** How much a check looks at, and how fast. */
export function LimitFields({ settings, faults }: FieldsProps) {
  return (
    <fieldset className="fields">
      <legend>Limits</legend>
      {LIMITS.map((name) => (
        <TextField
          key={name}
          label={SETTING_WORDS[name]}
          name={name}
          inputMode="numeric"
          autoComplete="off"
          defaultValue={settings[name] ?? ''}
          placeholder={name === 'max_depth' ? 'any number' : undefined}
          error={faults[name]}
        />
      ))}
      <p className="hint">
        A check that stops at a limit that you set here stays green, and says so. One that stops at a default
        is incomplete.
      </p>
    </fieldset>
  );
}

/** Which pages and links a check looks at. */
export function PathFields({ settings, faults }: FieldsProps) {
  return (
    <fieldset className="fields">
      <legend>What is looked at</legend>
      <LinesField
        label={SETTING_WORDS.include}
        name="include"
        defaultValue={toLines(settings.include)}
        placeholder="/docs/**"
        hint="A glob a line, of path and query. Empty: all."
        error={faults.include}
      />
      <LinesField
        label={SETTING_WORDS.exclude}
        name="exclude"
        defaultValue={toLines(settings.exclude)}
        hint="A glob a line. What ends a session or deletes something is not to be opened."
        error={faults.exclude}
      />
      <Switch label={SETTING_WORDS.links} name="links" isOn={settings.links} />
      <Switch label={SETTING_WORDS.external_links} name="external_links" isOn={settings.external_links} />
      <Switch label={SETTING_WORDS.fragments} name="fragments" isOn={settings.fragments} />
    </fieldset>
  );
}

/** What lets a check in where not everybody may. */
export function AccessFields({ settings, faults }: FieldsProps) {
  return (
    <fieldset className="fields">
      <legend>To be let in</legend>
      <LinesField
        label={SETTING_WORDS.headers}
        name="headers"
        defaultValue={toHeaderLines(settings.headers)}
        placeholder="x-vercel-protection-bypass: {{BYPASS}}"
        hint="One a line. They are sent to the origin of the app's URL only. {{NAME}} stands for a secret."
        error={faults.headers}
      />
      <TextField
        label="User name"
        name="username"
        defaultValue={settings.basic_auth?.username ?? ''}
        autoComplete="off"
        spellCheck={false}
        hint="Of basic authentication."
        error={faults.username}
      />
      <TextField
        label="Password"
        name="password"
        defaultValue={settings.basic_auth?.password ?? ''}
        autoComplete="off"
        spellCheck={false}
        placeholder="{{STAGING_PASSWORD}}"
        hint="A secret of the app, as {{NAME}}."
        error={faults.password}
      />
      <LinesField
        label={SETTING_WORDS.trusted_origins}
        name="trusted_origins"
        defaultValue={toLines(settings.trusted_origins)}
        placeholder="https://shop-*-acme.vercel.app"
        hint="An origin a line, of preview deployments that only you can make. * stands for a part of one name between dots."
        error={faults.trusted_origins}
      />
      <TextField
        label={SETTING_WORDS.user_agent_suffix}
        name="user_agent_suffix"
        defaultValue={settings.user_agent_suffix ?? ''}
        autoComplete="off"
        spellCheck={false}
        error={faults.user_agent_suffix}
      />
    </fieldset>
  );
}

function LinesField(props: ComponentProps<typeof TextField>) {
  return <TextField render={<textarea rows={4} />} autoComplete="off" spellCheck={false} {...props} />;
}

function Switch({
  label,
  name,
  isOn,
}: {
  readonly label: string;
  readonly name: string;
  readonly isOn: boolean;
}) {
  return (
    <label className="switch">
      <input type="checkbox" name={name} defaultChecked={isOn} /> {label}
    </label>
  );
}
