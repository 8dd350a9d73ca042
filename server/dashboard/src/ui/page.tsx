import { type ReactNode, useEffect, useRef } from 'react';
import { useNavigationType } from 'react-router';

interface PageProps {
  readonly title: string;
  /** What the tab says before the title, for people who look at other tabs. */
  readonly tabState?: string | undefined;
  /** The links to the pages above this one; the last is its parent. */
  readonly trail?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its heading. After a navigation the heading gets the focus, so that screen readers read it. */
export function Page({ title, tabState, trail, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const navigation = useNavigationType();
  useEffect(() => {
    document.title = [tabState, title, 'Qassandra'].filter((part) => part !== undefined).join(' · ');
  }, [tabState, title]);
  useEffect(() => {
    if (navigation === 'PUSH') {
      heading.current?.focus();
    }
  }, [navigation]);
  return (
    <div className="page">
      {trail && (
        <nav className="trail" aria-label="Breadcrumb">
          {trail}
        </nav>
      )}
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
