import type { CheckSettings } from '../../../features/check-settings/schema.ts';

/** What people call each setting: in the form, in the audit log, and where a secret is used. */
export const SETTING_WORDS: Readonly<Record<keyof CheckSettings, string>> = {
  max_pages: 'Pages',
  max_depth: 'Links deep',
  time_limit_seconds: 'Seconds for the check',
  page_timeout_seconds: 'Seconds for a page',
  requests_at_once: 'Requests at once to a host',
  include: 'Only these paths',
  exclude: 'Not these paths',
  links: 'Follow the links of the app',
  external_links: 'Try links to other sites too',
  fragments: 'Report links to a #target that is not there',
  headers: 'Headers',
  basic_auth: 'User name and password',
  trusted_origins: 'Other addresses that get them',
  user_agent_suffix: 'End of the user agent',
};

/** A setting, or a part of one, as the API names it: `headers.x-token` is "Headers: x-token". */
export function describeSetting(path: string): string {
  const [field = '', ...rest] = path.split('.');
  const word = new Map<string, string>(Object.entries(SETTING_WORDS)).get(field) ?? field;
  return rest.length === 0 || field === 'basic_auth' ? word : `${word}: ${rest.join('.')}`;
}
