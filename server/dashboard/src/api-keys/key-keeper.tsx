import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { NewApiKey } from '../../../features/api-keys/schema.ts';
import type { App } from '../../../features/apps/schema.ts';

interface KeptKey {
  readonly app: Pick<App, 'id' | 'name'>;
  readonly key: NewApiKey;
}

interface KeyKeeping {
  readonly kept: readonly KeptKey[];
  keep(kept: KeptKey): void;
  forget(appId: string): void;
  /** Names the app whose card is on the page, if any. */
  setShown(appId: string | undefined): void;
}

const Keeping = createContext<KeyKeeping | undefined>(undefined);

/**
 * Keeps a generated key until the person has stored it: no way through the pages loses it. Only this component's state
 * holds whole keys, so they are gone with the session and with the document. No cache, storage or address ever has one.
 */
export function KeyKeeper({ children }: { readonly children: ReactNode }) {
  const [kept, setKept] = useState<readonly KeptKey[]>([]);
  const [shown, setShown] = useState<string>();
  useEffect(() => {
    // The browser may keep the page for its Back button, which must not show the key again.
    const forgetAll = () => setKept([]);
    window.addEventListener('pagehide', forgetAll);
    return () => window.removeEventListener('pagehide', forgetAll);
  }, []);
  useAskingBeforeUnload(kept.length > 0);
  const keeping = useMemo<KeyKeeping>(
    () => ({
      kept,
      keep: (one) => setKept((all) => [...all.filter(({ app }) => app.id !== one.app.id), one]),
      forget: (appId) => setKept((all) => all.filter(({ app }) => app.id !== appId)),
      setShown,
    }),
    [kept],
  );
  return (
    <Keeping value={keeping}>
      {kept
        .filter(({ app }) => app.id !== shown)
        .map(({ app }) => (
          <p key={app.id} className="notice notice-warn unstored-key" role="status">
            <span>
              The new API key of <strong>{app.name}</strong> is not stored yet.{' '}
              <Link to={`/apps/${app.id}/settings`}>Show it again</Link>
            </span>
          </p>
        ))}
      {children}
    </Keeping>
  );
}

export function useKeyKeeper(): KeyKeeping {
  const keeping = useContext(Keeping);
  if (!keeping) {
    throw new Error('There is no KeyKeeper around this part');
  }
  return keeping;
}

/** Has the browser ask before the tab is closed or the document is left. */
function useAskingBeforeUnload(isAsking: boolean): void {
  useEffect(() => {
    if (!isAsking) {
      return;
    }
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isAsking]);
}
