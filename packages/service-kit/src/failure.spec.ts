import { expect, test } from 'vitest';
import { describeFailure } from './failure.ts';

const systemError = (code: string, more: object) =>
  Object.assign(new Error(`listen ${code}`), { code, ...more });

test.each([
  [new Error('The log is no log.\n  at x'), 'The log is no log.'],
  ['text', 'text'],
  [
    systemError('EADDRINUSE', { address: '127.0.0.1', port: 3001 }),
    '127.0.0.1:3001 is taken by another process: end it, or choose another port with CARAT_GATEWAY_PORT.',
  ],
  [systemError('ECONNREFUSED', { address: '127.0.0.1', port: 6379 }), 'nothing answers at 127.0.0.1:6379.'],
  [
    new AggregateError([systemError('ECONNREFUSED', { address: '::1', port: 6379 })]),
    'nothing answers at ::1:6379.',
  ],
  [
    systemError('EACCES', { address: '0.0.0.0', port: 80 }),
    '0.0.0.0:80 may not be listened on by this user.',
  ],
])('%s', (error, sentence) => {
  expect(describeFailure(error, 'CARAT_GATEWAY_PORT')).toBe(sentence);
});

test('a defect keeps its stack', () => {
  expect(describeFailure(new TypeError('x is not a function'))).toContain('failure.spec.ts');
});
