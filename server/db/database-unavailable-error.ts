/** The database did not answer, or cannot serve for now. Its `cause` says why. The caller should try again. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';

  constructor(options: ErrorOptions) {
    super('The database cannot be reached.', options);
  }
}
