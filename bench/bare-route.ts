import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import express from 'express';

/** A thread with an Express route that refuses at once, and tells its port. */
const app = express();
app.post('/{*path}', (_req, res) => {
  res.status(401).json({ title: 'Refused' });
});
const server = app.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
