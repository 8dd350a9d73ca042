import { joinRunners } from './join-runners.ts';
import { createNetworkPolicy } from './network/network-policy.ts';
import { serveRunner } from './process/serve-runner.ts';

process.title = 'qassandra check';

/**
 * The process of a check: it meets hostile content, knows no database, and can be killed. `start-runner.ts` starts it.
 */
serveRunner(({ privateTargets }) => {
  const policy = createNetworkPolicy({ privateTargets });
  return joinRunners([
    {
      isNeeded: ({ settings }) => settings.links !== false,
      async load() {
        const { createLinkWalker } = await import('./link-walker/link-walker.ts');
        return createLinkWalker({ policy });
      },
    },
  ]);
});

// Loaded before the first check, so that a check begins at once in a process that waits for it.
await import('./link-walker/link-walker.ts');
