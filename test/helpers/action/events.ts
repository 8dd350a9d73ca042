import { createRequire } from 'node:module';

/** Recorded webhook payloads from GitHub's own documentation. */

interface Example {
  readonly name: string;
  readonly examples: readonly unknown[];
}

// The package is one large JSON file: an `import` would need an attribute, and a second copy in Jest.
const examples: readonly Example[] = createRequire(import.meta.url)('@octokit/webhooks-examples');

/** Returns the first recorded payload of an event that `matches`, as a copy that a test may change. */
export function recordedEvent(
  name: string,
  matches: (payload: Record<string, unknown>) => boolean = () => true,
): Record<string, unknown> {
  const found = examples
    .find((example) => example.name === name)
    ?.examples.find((payload) => isObject(payload) && matches(payload));
  if (!isObject(found)) {
    throw new Error(`there is no such recorded payload of ${name}`);
  }
  return structuredClone(found);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
