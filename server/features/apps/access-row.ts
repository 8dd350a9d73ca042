import type { Role } from '../organizations/role.ts';

/** What the database knows about a caller and an app. Every statement about an app returns these columns. */
export interface AccessRow {
  /** The app that the caller's key belongs to; `null` for an unknown key and for a session. */
  readonly key_app_id: string | null;
  /** The requested app, found by id or alias; `null` if there is none. */
  readonly app_id: string | null;
  /** The session user's role in that app's organization. */
  readonly role: Role | null;
}
