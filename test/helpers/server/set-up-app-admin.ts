import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type AppAdmin, createAppAdmin } from '../network/app-admin.ts';
import { startTestServer, type TestApp, type TestServer } from './server.ts';

/** Registers the hooks of a file: one server, and for each test an app of its own with its admin. */
export function setUpAppAdmin() {
  let server: TestServer;
  let app: TestApp;
  let admin: AppAdmin;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    app = await server.createApp({ url: 'http://127.0.0.1:9/' });
    admin = createAppAdmin(server, app);
  });
  return {
    get server() {
      return server;
    },
    get app() {
      return app;
    },
    get admin() {
      return admin;
    },
  };
}
