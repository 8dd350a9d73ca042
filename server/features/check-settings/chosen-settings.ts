import { isDeepStrictEqual } from 'node:util';
import {
  type CheckSettings,
  type CheckSettingsInput,
  type ChosenSettings,
  DEFAULT_CHECK_SETTINGS,
} from './schema.ts';

/** The fields of `input` that differ from the defaults. A field that equals its default was not chosen. */
export function pickChosen(input: CheckSettingsInput): ChosenSettings {
  const defaults: Readonly<Record<string, unknown>> = DEFAULT_CHECK_SETTINGS;
  return Object.fromEntries(
    Object.entries(input).filter(([field, value]) => !isDeepStrictEqual(value, defaults[field])),
  );
}

/** All settings: the chosen ones, and the defaults. */
export function fillSettings(chosen: ChosenSettings): CheckSettings {
  const { include, exclude, headers, trusted_origins, ...others } = chosen;
  return {
    ...DEFAULT_CHECK_SETTINGS,
    ...others,
    ...(include && { include: [...include] }),
    ...(exclude && { exclude: [...exclude] }),
    ...(headers && { headers: { ...headers } }),
    ...(trusted_origins && { trusted_origins: [...trusted_origins] }),
  };
}

/** The fields that differ between two settings. */
export function listChangedFields(before: ChosenSettings, after: ChosenSettings): string[] {
  const old: Readonly<Record<string, unknown>> = fillSettings(before);
  return Object.entries(fillSettings(after))
    .filter(([field, value]) => !isDeepStrictEqual(value, old[field]))
    .map(([field]) => field);
}
