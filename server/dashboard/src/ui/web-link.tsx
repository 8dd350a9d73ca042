import type { ReactNode } from 'react';

interface WebLinkProps {
  readonly to: string | null | undefined;
  readonly children: ReactNode;
}

/** A link to an http or https URL. Any other text, such as `javascript:…`, is shown without a link. */
export function WebLink({ to, children }: WebLinkProps) {
  return to && /^https?:\/\//i.test(to) && URL.canParse(to) ? (
    <a href={to} rel="noreferrer">
      {children}
    </a>
  ) : (
    children
  );
}
