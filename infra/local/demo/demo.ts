import { setTimeout as pause } from 'node:timers/promises';
import type { LiveNumbers } from '@carat/client';
import { signToken } from '@carat/service-kit';
import { defaultCatalogue, runLive } from '@carat/simulator';
import { demoCreator, demoViewer } from '../links.ts';
import { createDemoApi } from './api.ts';
import { connectAs, createViewers } from './viewers.ts';

/** A busy day's room: real ones have 20 to 50 sends a minute, and 170 when much is going on. */
const sendsPerMinute = 170;
const viewersInRoom = 10_000;
/** Coins of whoever opens the viewer's room: soon given away, so that an empty wallet is seen, too. */
const purse = 5_000;
/** Of all viewers together; less than their sockets, so that one of them is always idle and can be closed. */
const maxFramesInFlight = 100;

export type Demo = {
  readonly live: string;
  /** As the creator's socket saw them last. */
  readonly numbers: LiveNumbers | undefined;
  /** Ends the live and hangs up. */
  stop(): Promise<void>;
};

export type DemoOptions = {
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  readonly secret: string;
  /** Told why it ended, should it end by itself. */
  readonly say: (line: string) => void;
};

/**
 * Plays a simulated live, shaped like real ones, through real sockets, for as long as it runs: lists the
 * gifts, starts a live, and sends what its viewers give, while its creator watches.
 */
export const startDemo = async ({ apiUrl, gatewayUrl, secret, say }: DemoOptions): Promise<Demo> => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const live = `demo-${new Date().toISOString().replace(/\..*/, '')}`;
  const sign = (claims: Parameters<typeof signToken>[0]) => signToken(claims, secret);
  const api = createDemoApi(apiUrl, secret, signal);
  for (const gift of defaultCatalogue) await api.listGift(gift);
  await api.startLive(live, demoCreator, 'The demo');
  await api.grant(`${live}-purse`, demoViewer, purse);

  const watcher = await connectAs({ sub: demoCreator, roles: ['creator'] }, gatewayUrl, sign);
  const watching = watcher.watch(live);
  const viewers = createViewers({
    live,
    gifts: defaultCatalogue,
    api,
    connect: (viewer) => connectAs({ sub: viewer, roles: ['viewer'] }, gatewayUrl, sign),
  });
  const room = runLive({
    seed: live,
    live,
    creator: demoCreator,
    durationMs: Number.POSITIVE_INFINITY,
    sendsPerMinute,
    viewers: viewersInRoom,
    faults: { coarseClock: false },
  });

  const play = async (): Promise<void> => {
    const began = performance.now();
    const inFlight = new Set<Promise<unknown>>();
    for (const frame of room.frames) {
      await pause(Math.max(0, began + frame.t - performance.now()), undefined, { signal });
      while (inFlight.size >= maxFramesInFlight) await Promise.race(inFlight);
      const sending = viewers.send(frame).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
  };
  const playing = play().catch((error: Error) => {
    if (!signal.aborted) say(`The demo ended: ${error.message}`);
  });

  return {
    live,
    get numbers() {
      return watching.numbers;
    },
    stop: async () => {
      stopping.abort();
      await playing;
      await api.endLive(live).catch(() => undefined);
      await Promise.all([viewers.close(), watcher.close()]);
    },
  };
};
