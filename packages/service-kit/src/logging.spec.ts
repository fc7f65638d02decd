import { expect, test } from 'vitest';
import { createLogger } from './logging.ts';

const logged = (write: (log: ReturnType<typeof createLogger>) => void, level?: string) => {
  const lines: string[] = [];
  const options = level === undefined ? { service: 'gateway' } : { service: 'gateway', level };
  write(createLogger(options, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

test('a line is a JSON object with the name of the service', () => {
  expect(logged((log) => log.info({ live: 'l-1' }, 'started'))).toMatchObject([
    { name: 'gateway', level: 30, live: 'l-1', msg: 'started' },
  ]);
});

test('tokens are redacted where they usually lie', () => {
  const secret = 'eyJhbGciOi';
  const handshake = { auth: { token: secret }, headers: { authorization: secret, cookie: secret } };
  const lines = logged((log) => {
    log.info({ token: secret });
    log.info({ req: { headers: { authorization: secret } } });
    log.info(handshake);
  });
  expect(JSON.stringify(lines)).not.toContain(secret);
  expect(lines[0]).toMatchObject({ token: '[redacted]' });
});

test('the level is kept', () => {
  expect(logged((log) => log.info('no'), 'warn')).toEqual([]);
});
