/** The server if the user names none. */
export const HOSTED_SERVICE_URL = 'https://qassandra.com';
