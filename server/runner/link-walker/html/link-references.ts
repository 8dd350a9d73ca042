import type { AssetKind } from '../reference-list.ts';
import type { Attributes } from './attributes.ts';

const ICON_RELATION =
  /^(icon|apple-touch-icon|apple-touch-icon-precomposed|apple-touch-startup-image|mask-icon)$/;
/** What Chromium preloads. */
const PRELOADED_AS = /^(fetch|font|image|script|style|track)$/;
const MODULE_AS = /^(|script|audioworklet|paintworklet|serviceworker|sharedworker|worker)$/;
const OTHER_MODULE_AS = /^(json|style)$/;

/** What the `href` of a `link` element is loaded as; none when a browser does not load it. */
export function kindsOfLink(attributes: Attributes): AssetKind[] {
  const relations = (attributes.get('rel') ?? '').toLowerCase().split(/[\t\n\f\r ]+/);
  return relations.flatMap((relation) => {
    const kind = kindOfRelation(relation, attributes);
    return kind === null ? [] : [kind];
  });
}

function kindOfRelation(relation: string, attributes: Attributes): AssetKind | null {
  const as = (attributes.get('as') ?? '').toLowerCase();
  switch (relation) {
    case 'stylesheet':
      return attributes.has('disabled') || !isCss(attributes.get('type')) ? null : 'style';
    case 'preload':
      return PRELOADED_AS.test(as) ? 'preload' : null;
    case 'modulepreload':
      return MODULE_AS.test(as) ? 'module' : OTHER_MODULE_AS.test(as) ? 'preload' : null;
    case 'prefetch':
      return 'preload';
    case 'manifest':
      return 'manifest';
    default:
      return ICON_RELATION.test(relation) ? 'image' : null;
  }
}

/** Whether a stylesheet of this `type` is read; one of another type, as `text/less`, is not loaded. */
export function isCss(type = ''): boolean {
  return /^\s*(text\/css\s*(;.*)?)?$/i.test(type);
}
