/** Sent as the User-Agent. The same as in package.json, which a test holds it to: reading that file here would make every change of a dependency's range a change of the bundle. */
export const VERSION = '0.1.0';
