import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type ScenarioHost, startScenarioHost } from '../../action/action-scenario.ts';
import { createTestAuthority } from './test-authority.ts';

/**
 * Registers the hooks of a file whose scenarios have a server behind TLS, or proxies: all of it ends with each test.
 */
export function setUpTlsScenarios() {
  let host: ScenarioHost;
  const { removeAuthority, ...trust } = createTestAuthority();
  const opened: { stop(): Promise<void> }[] = [];
  beforeAll(async () => {
    host = await startScenarioHost();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((part) => part.stop()));
    await host.closeAll();
  });
  afterAll(async () => {
    removeAuthority();
    await host.stop();
  });
  return {
    ...trust,
    /** What the test opens besides its scenario; stopped after the test. */
    opened,
    get host() {
      return host;
    },
  };
}
