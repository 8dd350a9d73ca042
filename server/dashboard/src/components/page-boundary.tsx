import { Component, type ReactNode } from 'react';
import { Failure } from './failure.tsx';
import { Page } from './page.tsx';

interface PageBoundaryProps {
  /** The path of the page; another page is another try. */
  readonly place: string;
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error: Error | undefined;
}

/**
 * What stands in the place of a page that broke. Most likely its script could not be loaded: the server is gone,
 * or a newer one has other files. Reloading mends both.
 */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override readonly state: PageBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): PageBoundaryState {
    return { error };
  }

  override componentDidUpdate({ place }: PageBoundaryProps): void {
    if (this.state.error && place !== this.props.place) {
      this.setState({ error: undefined });
    }
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? (
      <Page title="This page cannot be shown">
        <Failure error={error} onRetry={() => location.reload()} />
      </Page>
    ) : (
      this.props.children
    );
  }
}
