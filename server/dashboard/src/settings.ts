/** The values that the server wrote into the document (`../routes.ts`). */
export const settings = {
  /** The address by which others reach this server, for workflows. */
  publicUrl: readMeta('qassandra-public-url'),
  /** Whether only this machine or its network knows that address, so that GitHub's runners cannot reach it. */
  isPrivate: readMeta('qassandra-reach') === 'private',
  /** The commit or tag of the action to use; empty if this build does not know it. */
  actionRef: readMeta('qassandra-action-ref'),
  signIn: readMeta('qassandra-sign-in') === 'supabase' ? ('supabase' as const) : ('local' as const),
};

function readMeta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}
