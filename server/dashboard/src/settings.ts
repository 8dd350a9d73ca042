/** The values that the server wrote into the document (`../routes.ts`). */
export const settings = {
  /** The address by which others reach this server, for workflows. */
  publicUrl: readMeta('qassandra-public-url'),
  signIn: readMeta('qassandra-sign-in') === 'supabase' ? ('supabase' as const) : ('local' as const),
};

function readMeta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}
