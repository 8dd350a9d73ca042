/** The server that is asked where none is named. */
export const HOSTED_SERVICE_URL = 'https://qassandra.com';
