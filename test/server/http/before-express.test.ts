import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import request from 'supertest';
import { runBeforeExpress } from '../../../server/http/before-express/run-before-express.ts';
import { createErrorAnswer } from '../../../server/http/problem.ts';

const lines: string[] = [];
const answerError = createErrorAnswer({
  logger: pino({}, { write: (line) => lines.push(line) }),
  pace: (_code, answer) => answer(),
});

test('answers 500 without details when a handler before Express throws, and logs the error', async () => {
  const listener = runBeforeExpress((_req, res) => res.end('reached'), {
    handlers: [
      (_req, _res, next) => next(),
      () => {
        throw new Error('it broke');
      },
    ],
    answerError,
  });
  const { status, body, text } = await request(listener).get('/');
  expect({ status, code: body.code }).toEqual({ status: 500, code: 'internal_error' });
  expect(text).not.toContain('it broke');
  expect(lines.join()).toContain('it broke');
});

test('runs the handlers before the app in their order, and stops at the first that answers', async () => {
  const passed: string[] = [];
  const listener = runBeforeExpress((_req, res) => res.end('reached'), {
    handlers: [
      (_req, _res, next) => {
        passed.push('first');
        next();
      },
      (req, res, next) => {
        passed.push('second');
        if (req.url === '/refused') {
          res.end('refused');
        } else {
          next();
        }
      },
    ],
    answerError,
  });
  expect((await request(listener).get('/refused')).text).toBe('refused');
  expect((await request(listener).get('/')).text).toBe('reached');
  expect(passed).toEqual(['first', 'second', 'first', 'second']);
});
