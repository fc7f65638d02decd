import { relative } from 'node:path';
import { describeFailure, withoutCredentials } from '@carat/service-kit';
import { caratDir, readStartSettings } from './config.ts';
import { createRate, formatBlock, formatLine } from './counters.ts';
import { type Demo, startDemo } from './demo/demo.ts';
import { describeLinks } from './links.ts';
import { buildPages } from './pages.ts';
import { expectRedis } from './redis.ts';
import { announceRunning } from './running.ts';
import { createScreen, type Screen } from './screen.ts';
import { type System, startSystem } from './system.ts';

/** `npm start`: the whole system on this machine, and a live that plays on it. */

const blockEveryMs = 250;
const lineEveryMs = 2_000;
/** A terminal and npm deliver the same Ctrl-C; only one that comes this much later means "at once". */
const sameSignalMs = 2_000;

const run = async (): Promise<void> => {
  const settings = readStartSettings();
  const screen = createScreen(process.stdout);
  const { say } = screen;
  say('Starting Carat …');
  if (settings.redisUrl) await expectRedis(settings.redisUrl);
  await buildPages(say);
  const system = await startSystem({
    dir: caratDir,
    persistent: true,
    ports: settings.ports,
    eventStore: settings.eventStore,
    secret: settings.secret,
    payouts: settings.payouts,
    sandbox: settings.sandbox,
    env: settings.services,
    redisSettings: settings,
    ...(settings.redisUrl && { redisUrl: settings.redisUrl }),
    log: say,
  });
  const withdraw = await announceRunning(caratDir, system);
  let demo: Demo | undefined;
  let timer: NodeJS.Timeout | undefined;
  stopOnSignal(say, async () => {
    clearInterval(timer);
    await demo?.stop();
    await system.stop();
    await withdraw();
  });
  for (const line of describe(system, settings.ports.projector)) say(line);
  const { apiUrl, secret } = system;
  if (settings.demo) demo = await startDemo({ apiUrl, gatewayUrl: system.gatewayUrls[0]!, secret, say });
  if (settings.mayMakeTokens) for (const line of await describeLinks(apiUrl, secret, demo?.live)) say(line);
  if (demo) timer = showCounters(screen, demo);
};

const describe = (system: System, projectorPort: number): string[] => [
  '',
  'Carat runs.',
  `  api        ${system.apiUrl}   (its documentation: ${system.apiUrl}/docs)`,
  `  gateway    ${system.gatewayUrls.join(' ')}   (Socket.IO)`,
  `  projector  http://127.0.0.1:${projectorPort}/metrics`,
  ...(system.payoutsUrl ? [`  payouts    ${system.payoutsUrl}/metrics   (${payersOf(system)})`] : []),
  `  events     ${withoutCredentials(system.eventStore)}`,
  `  Redis      ${withoutCredentials(system.redisUrl)}`,
  `  logs       ${relative(process.cwd(), system.logsDir)}`,
  '  check it   npm run -s carat -- verify',
  '  Ctrl-C stops all of it.',
  '',
];

const payersOf = ({ sandboxUrl }: System): string =>
  sandboxUrl ? `by a sandbox, which moves no money: ${sandboxUrl}` : 'by the providers that are set';

const showCounters = (screen: Screen, demo: Demo): NodeJS.Timeout => {
  const rate = createRate();
  const { isTTY } = process.stdout;
  const show = (): void => {
    const { live, numbers } = demo;
    const giftsPerSecond = numbers ? rate(numbers.totals.gifts, performance.now()) : 0;
    screen.show(
      isTTY ? formatBlock(live, numbers, giftsPerSecond) : [formatLine(live, numbers, giftsPerSecond)],
    );
  };
  return setInterval(show, isTTY ? blockEveryMs : lineEveryMs);
};

const stopOnSignal = (say: (line: string) => void, stop: () => Promise<void>): void => {
  let since: number | undefined;
  const onSignal = (): void => {
    if (since !== undefined) {
      if (Date.now() - since > sameSignalMs) process.exit(1);
      return;
    }
    since = Date.now();
    say('Stopping …');
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
};

/** Children notice the end of this process and end themselves. */
const fail = (error: unknown): never => {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exit(1);
};

run().catch(fail);
