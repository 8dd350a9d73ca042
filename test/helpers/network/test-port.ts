import { randomInt } from 'node:crypto';
import { findFreePort } from '../../../server/db/embedded/free-port.ts';

/** Operating systems give out higher ports on their own, so no other socket takes one of these before its use. */
const FIRST_PORT = 20_000;
const END_PORT = 32_000;

/** A free loopback port to listen on later. Picked at random, since test files run side by side. */
export function findTestPort(): Promise<number> {
  return findFreePort(randomInt(FIRST_PORT, END_PORT));
}
