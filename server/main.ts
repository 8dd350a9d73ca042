import { enableCompileCache } from './process/compile-cache.ts';

enableCompileCache();
// Loaded after the line above: what is loaded before it is compiled at each start.
const { runServer } = await import('./process/run-server.ts');
await runServer();
