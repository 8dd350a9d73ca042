import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** Listens on a free loopback port. Prints its URL and `more` in one line of JSON, which the benchmark reads. */
export function serve(app: Express, more: Readonly<Record<string, string>> = {}): void {
  const server = app.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, ...more }));
  });
}
