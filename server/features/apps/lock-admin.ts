/** Parameters of the statement, with their types. */
export interface AdminParameters {
  readonly appId: string;
  readonly userId: string;
}

/**
 * Part of a statement: the app, as `app_id`, if the user is its admin. Since the first check of the role, the server
 * has asked the identity provider, which may take seconds. Locks the app first, as the statement that removes an app
 * does. Waits for a statement that is removing this membership: what the admin makes must not outlive it.
 */
export function lockAdmin({ appId, userId }: AdminParameters): string {
  return `
    select app.id as app_id
    from apps as app
    join members as member
      on member.organization_id = app.organization_id and member.user_id = ${userId} and member.role = 'admin'
    where app.id = ${appId}
    for key share of app
    for share of member`;
}
