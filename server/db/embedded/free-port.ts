import { createServer } from 'node:net';

/** Finds a loopback port that nothing listens on now: `preferred` if it is free, else any other. */
export async function findFreePort(preferred = 0): Promise<number> {
  return listenOnce(preferred).catch((error: unknown) => {
    if (preferred === 0) {
      throw error;
    }
    return listenOnce(0);
  });
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
