import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A PostgreSQL that reports the given version and can do nothing else. */
export interface OldPostgres {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Speaks just enough of PostgreSQL's protocol for a client that asks for one number. */
export async function startOldPostgres(versionNumber: number): Promise<OldPostgres> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => {
      socket.write(Buffer.concat([AUTHENTICATED, READY]));
      socket.on('data', (bytes) => {
        if (bytes[0] === QUERY) {
          socket.write(createAnswer(String(versionNumber)));
        } else {
          socket.end();
        }
      });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    connectionString: `postgres://ada:secret@127.0.0.1:${port}/checks`,
    async stop() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

const QUERY = 'Q'.charCodeAt(0);
const INTEGER_TYPE = 23;
const AUTHENTICATED = createMessage('R', toInt32(0));
const READY = createMessage('Z', Buffer.from('I'));

/** One row with one column. */
function createAnswer(value: string): Buffer {
  const column = [Buffer.from('version\0'), toInt32(0), toInt16(0), toInt32(INTEGER_TYPE)];
  const description = [toInt16(1), ...column, toInt16(4), toInt32(-1), toInt16(0)];
  const row = [toInt16(1), toInt32(value.length), Buffer.from(value)];
  return Buffer.concat([
    createMessage('T', ...description),
    createMessage('D', ...row),
    createMessage('C', Buffer.from('SELECT 1\0')),
    READY,
  ]);
}

function createMessage(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), toInt32(body.length + 4), body]);
}

function toInt32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function toInt16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
