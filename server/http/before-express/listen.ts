import type { Server } from 'node:http';

/** The server cannot listen. The message is for the person who starts it, and says which setting to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
  /** The settings that name the place: `PORT` and `HOST`. */
  readonly settings: { readonly host: string; readonly port: string };
}

/** Rejects with a `ListenError`. */
export async function listen(server: Server, place: ListenPlace): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(place.port, place.host, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new ListenError(explain(place, cause), { cause });
  } finally {
    server.off('error', reject);
  }
}

function explain({ host, port, settings }: ListenPlace, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'EADDRINUSE':
      return `The port ${port} is in use. Stop the program that listens there, or choose another one with ${settings.port}.`;
    case 'EACCES':
      return (
        `The port ${port} is not allowed for this user: ports below 1024 need a privilege. ` +
        `Choose a higher one with ${settings.port}, such as 3000, and put a proxy in front of it.`
      );
    default:
      return (
        `${settings.host} is ${host}, which is no address of this machine (${code}). ` +
        'Use 127.0.0.1 for this machine alone, 0.0.0.0 for all networks, or one of its own addresses.'
      );
  }
}
