import { Component, type ReactNode } from 'react';
import { call, toError } from '../api/client.ts';
import { Failure } from './failure.tsx';
import { Page } from './page.tsx';

interface PageBoundaryProps {
  /** The path of the page. A new path renders the children again. */
  readonly place: string;
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error: Error | undefined;
}

const RELOADED_AT = 'qassandra-reloaded-at';
const RELOAD_EVERY_MS = 60_000;

/** Errors of scripts that could not be loaded. Vite reports each before it throws the same error. */
const missingParts = new WeakSet<Error>();
window.addEventListener('vite:preloadError', ({ payload }) => missingParts.add(payload));

/**
 * Shows an error instead of a page that broke. If a script could not be loaded, an update may have replaced it, and a
 * reload mends that; or the server is gone. Never reloads while the server is gone: the browser's own error page
 * has no way back.
 */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override readonly state: PageBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): PageBoundaryState {
    return { error };
  }

  override componentDidCatch(error: Error): void {
    if (missingParts.has(error) && isReloadDue()) {
      void this.reload();
    }
  }

  override componentDidUpdate({ place }: PageBoundaryProps): void {
    if (this.state.error && place !== this.props.place) {
      this.setState({ error: undefined });
    }
  }

  readonly reload = async (): Promise<void> => {
    try {
      await call('/healthz');
      sessionStorage.setItem(RELOADED_AT, String(Date.now()));
      location.reload();
    } catch (error) {
      this.setState({ error: toError(error) });
    }
  };

  override render(): ReactNode {
    const { error } = this.state;
    return error ? (
      <Page title="This page cannot be shown">
        <Failure error={error} onRetry={this.reload} />
      </Page>
    ) : (
      this.props.children
    );
  }
}

/** At most once a minute: if the new page misses its scripts too, another reload does not help. */
function isReloadDue(): boolean {
  return Date.now() - Number(sessionStorage.getItem(RELOADED_AT)) > RELOAD_EVERY_MS;
}
