import { existsSync } from 'node:fs';
import { isBuiltin, registerHooks } from 'node:module';

/**
 * Loaded before a program: from the moment on that the file `PACKAGES_AWAY` exists, nothing more can be loaded, as while
 * `npm ci` replaces the packages.
 */
const { PACKAGES_AWAY: file = '' } = process.env;

registerHooks({
  resolve(specifier, context, next) {
    if (!isBuiltin(specifier) && existsSync(file)) {
      throw Object.assign(new Error(`Cannot find module '${specifier}'`), { code: 'MODULE_NOT_FOUND' });
    }
    return next(specifier, context);
  },
});
