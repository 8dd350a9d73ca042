/**
 * Sent as the User-Agent. Must equal the version in package.json; a test compares them. Reading that file here would
 * change the bundle with every change of a dependency's range.
 */
export const VERSION = '0.1.0';
