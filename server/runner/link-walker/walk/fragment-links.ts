import type { FragmentLink } from '../choose-links.ts';
import { hasTarget } from '../html/fragment-targets.ts';
import { keyOf, showPath } from '../page-url.ts';
import type { LinkInspector } from './link-inspector.ts';
import type { WalkNotes } from './walk-notes.ts';

/** Of all pages that were visited, in characters: their links may be anywhere, so they are kept to the end. */
const MAX_KEPT_CHARACTERS = 10_000_000;
/** What a target takes beside its characters. */
const TARGET_SIZE = 40;

/** What is known of a page: its targets, or `null` where anything may be a target. */
type Targets = ReadonlySet<string> | null;

/** Finds links of the app's own pages to a `#target` that the page they lead to does not have. */
export function inspectFragments(notes: WalkNotes): LinkInspector {
  const known = new Map<string, Targets>();
  const waiting = new Map<string, PromiseWithResolvers<Targets>>();
  let kept = 0;

  function learn(href: string, targets: Targets): void {
    const key = keyOf(href);
    if (known.get(key) == null) {
      known.set(key, targets);
    }
    waiting.get(key)?.resolve(targets);
    waiting.delete(key);
  }

  /** Copies: a part of a page would keep all of it in memory. */
  function keep(targets: ReadonlySet<string>, href: string): Targets {
    const copies = [...targets].map((target) => Buffer.from(target).toString());
    kept += copies.reduce((size, target) => size + target.length + TARGET_SIZE, 0);
    if (kept > MAX_KEPT_CHARACTERS) {
      notes.add('targets not kept', href);
      return null;
    }
    return new Set(copies);
  }

  function find(key: string): Targets | Promise<Targets> {
    const targets = known.get(key);
    if (targets !== undefined) {
      return targets;
    }
    const wait = waiting.get(key) ?? Promise.withResolvers<Targets>();
    waiting.set(key, wait);
    return wait.promise;
  }

  return {
    async inspect({ page, arrivedAt, targets, isShell, links }) {
      const own = targets === null || isShell ? null : keep(targets, page.url.href);
      learn(page.url.href, own);
      if (arrivedAt !== null) {
        learn(arrivedAt.href, own);
      }
      const missing = await Promise.all(
        links.withFragments.map(async (link) => listMissing(link, await find(link.key))),
      );
      const failures = missing.flat().map((text) => ({ text, cause: text }));
      return { failures, unseen: 0 };
    },
    finish() {
      for (const { resolve } of waiting.values()) {
        resolve(null);
      }
    },
  };
}

function listMissing({ href, fragments }: FragmentLink, targets: Targets): string[] {
  return fragments
    .filter((fragment) => targets !== null && !hasTarget(targets, fragment))
    .map((fragment) => `link ${showPath(new URL(href))}#${fragment.slice(0, 100)} has no target`);
}
