import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import express from 'express';

/** A worker thread with an Express route that refuses at once. It posts its port to its parent. */
const app = express();
app.post('/{*path}', (_req, res) => {
  res.status(401).json({ title: 'Refused' });
});
const server = app.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
