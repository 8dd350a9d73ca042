import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { App, Setup } from '../../../features/apps/schema.ts';
import { Admins } from '../organizations/admins.tsx';
import { recall, remember } from '../organizations/switcher/browser-storage.ts';
import { useOrganizationChoice } from '../organizations/switcher/organization-choice.ts';
import { WebLink } from '../ui/web-link.tsx';
import { joinRepositoryUrl } from './join-repository-url.ts';
import { isSetUp, setupQuery } from './queries.ts';
import { STEP_TITLES, type Step, StepList } from './step-list.tsx';

/** The first steps of an app: which are done, and how to do the next. Gone once all are done. */
export function SetupChecklist({ app }: { readonly app: App }) {
  const { data: setup } = useQuery(setupQuery(app.alias));
  const { organizations } = useOrganizationChoice();
  const organization = organizations.find(({ id }) => id === app.organization_id);
  const storageKey = `qassandra-first-steps-closed-${app.id}`;
  const [isOpen, setIsOpen] = useState(() => recall(storageKey) === undefined);
  // Without an answer there is nothing to say: the page tells itself when the server cannot be reached.
  if (!setup || isSetUp(setup) || !organization) {
    return null;
  }
  const steps = listSteps(app, setup, organization);
  return (
    <details
      className="section setup"
      open={isOpen}
      onToggle={({ currentTarget }) => {
        setIsOpen(currentTarget.open);
        remember(storageKey, currentTarget.open ? undefined : 'yes');
      }}
    >
      <summary>
        <h2>First steps</h2>{' '}
        <span className="hint">
          {steps.filter(({ isDone }) => isDone).length} of {steps.length} done
        </span>
      </summary>
      <StepList steps={steps} />
    </details>
  );
}

function listSteps(
  app: App,
  setup: Setup,
  organization: { readonly id: string; readonly name: string; readonly role: string },
): Step[] {
  const settings = `/apps/${app.alias}/settings`;
  const pulls = joinRepositoryUrl(app.repository_url, 'compare');
  const workflow = <Link to={settings}>Open the workflow to paste</Link>;
  return [
    { title: STEP_TITLES[0], isDone: true },
    {
      title: STEP_TITLES[1],
      // A key that was replaced since has done its first check.
      isDone: setup.is_api_key_used || setup.has_ci_check,
      action:
        organization.role === 'admin' ? (
          <Link to={settings}>
            {setup.has_api_key ? 'Store the key as a secret' : 'Generate the API key'}
          </Link>
        ) : (
          <Admins organization={organization} task="generate it" />
        ),
    },
    { title: STEP_TITLES[2], isDone: setup.has_ci_check, action: workflow },
    {
      title: STEP_TITLES[3],
      isDone: setup.has_pull_request_check,
      action: pulls === null ? workflow : <WebLink to={pulls}>Open a pull request</WebLink>,
    },
  ];
}
