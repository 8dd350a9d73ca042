/** The database cannot be used. The message is for whoever starts the server and says what to do. */
export class DatabaseStartError extends Error {
  override readonly name = 'DatabaseStartError';
}
