import type { Check } from '../../../../features/checks/schema.ts';
import { findSubject } from '../get-subject.ts';

/** A line of a commit's message may be very long. The whole message is among the facts. */
const LONGEST = 200;

/** What a check is called: the subject of its commit, else the name of its pull request, else that of the app. */
export function getCheckTitle(check: Pick<Check, 'metadata'>, appName: string): string {
  const title = findSubject(check) || `Check of ${appName}`;
  const characters = [...title];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('').trimEnd()}…` : title;
}
