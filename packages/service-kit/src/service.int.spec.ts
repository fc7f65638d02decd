import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const kit = join(import.meta.dirname, 'index.ts');
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A service of a few lines, as a process of its own. */
const run = (main: string, stdio: 'ipc' | 'ignore' = 'ignore') => {
  const code = `import { createLogger, ConfigError, runService, serveOps } from ${JSON.stringify(kit)};
    await runService('gateway', async () => { ${main} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'pipe', stdio],
  });
  running.add(child);
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ends = [once(child, 'exit'), once(child.stdout!, 'end'), once(child.stderr!, 'end')] as const;
  const ended = Promise.all(ends).then(([[code]]) => {
    running.delete(child);
    return { code: code as number | null, output };
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => output.includes(text) && resolve();
      child.stdout!.on('data', look);
      void ended.then(() => reject(new Error(`never said "${text}": ${output}`)));
      look();
    });
  return { child, ended, said };
};

const twoSteps = `
  const log = createLogger({ service: 'gateway' });
  setInterval(() => {}, 1000);
  setTimeout(() => log.info('up'));
  return { log, close: [
    ['first', async () => { await null; log.info('first closed'); }],
    ['second', () => log.info('second closed')],
  ] };`;

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s closes in order and ends with 0', async (signal) => {
  const { child, ended, said } = run(twoSteps);
  await said('"up"');
  child.kill(signal);
  const { code, output } = await ended;
  expect(code).toBe(0);
  expect(output).toMatch(/shutting down.*first closed.*second closed.*has shut down/s);
});

test('a second signal does not cut the shutdown short', async () => {
  const { child, ended, said } = run(`
    const log = createLogger({ service: 'gateway' });
    setInterval(() => {}, 1000);
    setTimeout(() => log.info('up'));
    return { log, close: [['slow', () => new Promise((done) => setTimeout(done, 300))]] };`);
  await said('"up"');
  child.kill('SIGINT');
  await said('shutting down');
  child.kill('SIGINT');
  const { code, output } = await ended;
  expect(code).toBe(0);
  expect(output).toContain('has shut down');
});

test('it shuts down in order when its parent lets go of it', async () => {
  const { child, ended, said } = run(twoSteps, 'ipc');
  await said('"up"');
  child.disconnect();
  const { code, output } = await ended;
  expect(code).toBe(0);
  expect(output).toContain('second closed');
});

test('a step that fails is logged, the others follow, and the exit code says so', async () => {
  const { child, ended, said } = run(`
    const log = createLogger({ service: 'gateway' });
    setInterval(() => {}, 1000);
    setTimeout(() => log.info('up'));
    return { log, close: [
      ['broken', () => { throw new Error('no'); }],
      ['other', () => log.info('other closed')],
    ] };`);
  await said('"up"');
  child.kill('SIGTERM');
  const { code, output } = await ended;
  expect(code).toBe(1);
  expect(output).toMatch(/"step":"broken".*other closed/s);
});

test('a step that hangs is given up, and the others follow', async () => {
  const { child, ended, said } = run(`
    const log = createLogger({ service: 'gateway' });
    setInterval(() => {}, 1000);
    setTimeout(() => log.info('up'));
    return { log, close: [
      ['hanging', () => new Promise(() => {})],
      ['other', () => log.info('other closed')],
    ] };`);
  await said('"up"');
  child.kill('SIGTERM');
  const { code, output } = await ended;
  expect(code).toBe(1);
  expect(output).toMatch(/not done within 4000 ms.*other closed/s);
});

test('an uncaught error is logged, closes in order and ends with 1', async () => {
  const { ended } = run(`
    const log = createLogger({ service: 'gateway' });
    setTimeout(() => { Promise.reject(new Error('a defect')); });
    setInterval(() => {}, 1000);
    return { log, close: [['only', () => log.info('only closed')]] };`);
  const { code, output } = await ended;
  expect(code).toBe(1);
  expect(output).toMatch(/"level":60.*a defect.*only closed/s);
});

test('what keeps it from starting is one sentence on stderr, without a stack', async () => {
  const { ended } = run(
    `throw new ConfigError('Bad configuration: CARAT_GATEWAY_PORT must be an integer.');`,
  );
  expect(await ended).toEqual({
    code: 1,
    output: 'gateway could not start: Bad configuration: CARAT_GATEWAY_PORT must be an integer.\n',
  });
});

test('an error beside the start keeps it from starting too', async () => {
  const { ended } = run(`setTimeout(() => { throw new Error('no route.'); }); await new Promise(() => {});`);
  expect(await ended).toEqual({ code: 1, output: 'gateway could not start: no route.\n' });
});

test('a taken port is named, with its variable', async () => {
  const { ended } = run(`
    const take = (port) => serveOps({ host: '127.0.0.1', port, health: {}, metrics: {} });
    await take((await take(0)).port);`);
  const { code, output } = await ended;
  expect(code).toBe(1);
  expect(output).toMatch(
    /^gateway could not start: 127\.0\.0\.1:\d+ is taken by another process: .* with CARAT_GATEWAY_PORT\.\n$/,
  );
});
