import type { ChosenSettings } from './schema.ts';

export interface TargetOrigin {
  /** The URL that the check tests. */
  readonly targetUrl: string;
  /** The app's own URL, if it has one. */
  readonly appUrl: string | null;
}

/**
 * The settings for this target. A caller who triggers a check can choose its URL, also with a key. So credentials are
 * left out, unless the target is the app's own origin or one that an admin trusts.
 */
export function withholdFromStrangers(settings: ChosenSettings, { targetUrl, appUrl }: TargetOrigin) {
  const { trusted_origins = [], headers, basic_auth, user_agent_suffix, ...others } = settings;
  const hasSome = headers !== undefined || basic_auth !== undefined || user_agent_suffix !== undefined;
  const origin = toOrigin(targetUrl);
  const isTrusted =
    origin === toOrigin(appUrl) || trusted_origins.some((pattern) => matches(pattern, origin));
  if (!hasSome || isTrusted) {
    const { trusted_origins: _, ...all } = settings;
    return { settings: all, warning: undefined };
  }
  return {
    settings: others,
    warning: `The headers, the basic authentication and the user agent suffix of the check settings were not sent: ${origin} is not the origin of the app's URL or one of its trusted_origins.`,
  };
}

function toOrigin(url: string | null): string | undefined {
  return url === null ? undefined : URL.parse(url)?.origin;
}

/** A star stands for any characters of one label of the host. */
function matches(pattern: string, origin: string | undefined): boolean {
  const parts = pattern.toLowerCase().split('*');
  const form = parts.map((part) => part.replace(/[.\\+?^$()|[\]{}]/g, '\\$&')).join('[a-z0-9-]*');
  return origin !== undefined && new RegExp(`^${form}$`).test(origin);
}
