/** The database cannot be used. The message is for the person who starts the server, and says what to do. */
export class DatabaseStartError extends Error {
  override readonly name = 'DatabaseStartError';
}
