/** Who looks: the local admin with apps, a new person without any, one with two organizations, or nobody, at either way to sign in. */
type Who = 'admin' | 'newcomer' | 'owner of two organizations' | 'nobody' | 'nobody, with Supabase';

export interface PageCase {
  readonly who?: Who;
  /** Words in capitals stand for what the test creates: apps by alias, checks of the busy app by id. */
  readonly path: string;
  /** The text of its `h1`. */
  readonly heading: string;
  /** The text that must be visible before the page is examined. */
  readonly shows?: string;
  /** The button that is pressed first. */
  readonly press?: string;
}

export const SUBJECT = `Say how many teapots are left${' and how many are on their way'.repeat(5)}`;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** Every page, in each state that looks different. A new page is a line. */
export const PAGES: Record<string, PageCase> = {
  'apps, empty': { who: 'newcomer', path: '/', heading: 'Apps', shows: 'No apps yet' },
  apps: { path: '/', heading: 'Apps', shows: 'never checked' },
  'the form of a new app': { path: '/', heading: 'Apps', press: 'Add app', shows: 'Alias' },
  'a search that nothing matches': { path: '/?q=none', heading: 'Apps', shows: 'No app matches the search.' },
  'apps of several organizations': {
    who: 'owner of two organizations',
    path: '/?sort=state',
    heading: 'Apps',
    press: 'All organizations',
    shows: 'Second',
  },
  'an app without checks': { path: '/apps/QUIET', heading: 'Quiet', shows: 'First steps' },
  'an app with checks of all kinds': { path: '/apps/BUSY', heading: 'Busy', shows: 'Could not run' },
  'a filter that nothing matches': {
    path: '/apps/BUSY?branch=none',
    heading: 'Busy',
    shows: 'No check matches the filter.',
  },
  'a check that runs': { path: '/apps/BUSY/checks/RUNNING', heading: SUBJECT, shows: 'GET /slow' },
  'the question before a check is cancelled': {
    path: '/apps/BUSY/checks/RUNNING',
    heading: SUBJECT,
    press: 'Cancel check',
    shows: 'Keep as it is',
  },
  'a check that failed': { path: '/apps/BUSY/checks/FAILED', heading: SUBJECT, shows: 'New since main' },
  'a check that could not run': {
    path: '/apps/BUSY/checks/ERROR',
    heading: SUBJECT,
    shows: 'refused',
  },
  'the settings of an app whose key was found in public': {
    path: '/apps/KEYLESS/settings',
    heading: 'App settings',
    shows: 'API key found in public, and removed',
  },
  'the settings of an app with a key': {
    path: '/apps/BUSY/settings',
    heading: 'App settings',
    shows: 'Remove API key',
  },
  'a key that was generated just now': {
    path: '/apps/KEYLESS/settings',
    heading: 'App settings',
    press: 'Generate API key',
    shows: 'Copy this key',
  },
  'the settings of an app of which everything is long': {
    path: '/apps/LONG/settings',
    heading: 'App settings',
    shows: 'another program',
  },
  'the question before a secret is removed': {
    path: '/apps/LONG/settings',
    heading: 'App settings',
    press: 'Remove STAGING',
    shows: 'Its value cannot be restored.',
  },
  'a form that was refused': {
    path: '/apps/LONG/settings',
    heading: 'App settings',
    press: 'Store secret',
    shows: "Secret's name is required",
  },
  'the form of a new organization': {
    path: '/organization',
    heading: 'OWN_ORGANIZATION',
    press: 'New organization',
    shows: 'It has apps and members of its own.',
  },
  'the question before an invitation is withdrawn': {
    path: '/organization',
    heading: 'OWN_ORGANIZATION',
    press: 'Withdraw',
    shows: 'You can invite them again.',
  },
  'the page of the API': { who: 'nobody', path: '/api/docs/', heading: 'API', shows: 'Trigger a check' },
  organization: { path: '/organization', heading: 'OWN_ORGANIZATION', shows: 'Invite' },
  'the sign-in, local': { who: 'nobody', path: '/', heading: 'Sign in' },
  'the sign-in, with Supabase': { who: 'nobody, with Supabase', path: '/', heading: 'Sign in' },
  'an app that there is not': { path: `/apps/${UNKNOWN_ID}`, heading: 'App', shows: 'No such app' },
  'a check that there is not': {
    path: `/apps/BUSY/checks/${UNKNOWN_ID}`,
    heading: 'Check',
    shows: 'No such check',
  },
  'a page that there is not': { path: '/nowhere', heading: 'There is no such page' },
};
