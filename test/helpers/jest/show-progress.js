import { relative } from 'node:path';

const EVERY_MS = 10_000;

/**
 * Names the files that run now, and how many are done, every 10 s. In a terminal Jest shows that itself; in the log of a
 * CI only this tells what a run waits for. JavaScript, since Jest loads reporters without its transform.
 */
// biome-ignore lint/style/noDefaultExport: Jest's interface
export default class ShowProgress {
  #running = new Set();
  #done = 0;
  #timer;

  onRunStart({ numTotalTestSuites: all }) {
    if (!process.stderr.isTTY) {
      this.#timer = setInterval(() => {
        const names = [...this.#running].map((path) => relative(process.cwd(), path));
        process.stderr.write(`${this.#done} of ${all} files done, running: ${names.join(', ')}\n`);
      }, EVERY_MS);
    }
  }

  onTestFileStart({ path }) {
    this.#running.add(path);
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
    this.#done += 1;
  }

  onRunComplete() {
    clearInterval(this.#timer);
  }
}
