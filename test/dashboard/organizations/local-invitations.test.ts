import { expect, test } from '@jest/globals';
import { setUpDashboard } from '../../helpers/browser/dashboard.ts';
import { signInLocally } from '../../helpers/server/sign-in.ts';

const dashboard = setUpDashboard();

test.each([
  ['bob@example.com', 'npm run sign-in -- --email bob@example.com'],
  ["o'brien@example.com", `npm run sign-in -- --email "o'brien@example.com"`],
])('shows the command that prints the link of %s, who then belongs', async (address, command) => {
  const { page } = await dashboard.open('/organization');
  const section = page.getByRole('region', { name: 'Invitations' });
  await section.getByText('Each person signs in by a link that you print').waitFor();
  await section.getByLabel('Email').fill(address);
  await section.getByRole('button', { name: 'Invite', exact: true }).click();
  await section
    .getByRole('status')
    .getByText('Print their link with this command, and send it to them.')
    .waitFor();
  const code = section.getByRole('region', { name: 'the command that prints their link' });
  expect(await code.innerText()).toBe(command);

  const { cookie } = await signInLocally(dashboard.server, address);
  const visit = await dashboard.open('/', { cookie });
  await visit.page.getByText(address).first().waitFor();
  await page.reload();
  await page.getByRole('rowheader', { name: address, exact: true }).waitFor();
});
