import { createRequire } from 'node:module';
import Runtime from 'jest-runtime';

/**
 * Packages that a worker loads once and not anew for each file: to compile Playwright takes as long as opening three pages.
 * They run outside of Jest's sandbox, where `Error` is another class, so no package belongs here whose errors are told
 * apart by `instanceof Error`.
 */
const SHARED = /[\\/]node_modules[\\/]playwright-core[\\/]/;

/** Jest's runtime, which loads the modules of a test file. JavaScript, since Jest loads it without its transform. */
// biome-ignore lint/style/noDefaultExport: Jest's interface
export default class SharedPackages extends Runtime {
  requireModuleOrMock(from, moduleName) {
    return SHARED.test(moduleName)
      ? createRequire(import.meta.url)(moduleName)
      : super.requireModuleOrMock(from, moduleName);
  }
}
