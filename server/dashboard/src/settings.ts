/** What the server wrote into the document (`../routes.ts`). */
export const settings = {
  /** How others reach this server: for what people paste into their workflows. */
  publicUrl: readMeta('qassandra-public-url'),
  signIn: readMeta('qassandra-sign-in') === 'supabase' ? ('supabase' as const) : ('local' as const),
};

function readMeta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}
