import { relative } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/**
 * The files that take longest, by the beginnings of their paths. One of them that starts last leaves the other
 * processors idle. Jest knows how long a file takes only where it ran before; on a clean clone it goes by size,
 * which says little. JavaScript, since the types of the base class do not fit how Node.js loads it.
 */
const LONGEST_FIRST = [
  'test/chaos/',
  'test/server/process/',
  'test/server/supervision/',
  'test/dashboard/',
  'test/server/checks/queue.fairness',
  'test/server/db/outage',
  'test/repository/docker',
  'test/action/github/comment-is-not-written',
  'test/command/terminal',
  'test/fuzz/',
];

// biome-ignore lint/style/noDefaultExport: Jest's interface
export default class StartOrder extends Sequencer {
  async sort(tests) {
    return (await super.sort(tests)).sort((a, b) => findRank(a) - findRank(b));
  }
}

function findRank({ path, context }) {
  const name = relative(context.config.rootDir, path);
  const rank = LONGEST_FIRST.findIndex((start) => name.startsWith(start));
  return rank === -1 ? LONGEST_FIRST.length : rank;
}
