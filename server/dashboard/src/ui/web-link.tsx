import type { ReactNode } from 'react';

interface WebLinkProps {
  readonly to: string | null | undefined;
  /** For a place that people use together with this page. */
  readonly isNewTab?: boolean;
  readonly children: ReactNode;
}

/** A link to an http or https URL. Any other text, such as `javascript:…`, is shown without a link. */
export function WebLink({ to, isNewTab = false, children }: WebLinkProps) {
  return to && /^https?:\/\//i.test(to) && URL.canParse(to) ? (
    <a href={to} rel="noreferrer" target={isNewTab ? '_blank' : undefined}>
      {children}
      {isNewTab && ' (new tab)'}
    </a>
  ) : (
    children
  );
}
