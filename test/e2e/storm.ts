import type { Receipt } from '@carat/protocol';
import { io } from 'socket.io-client';
import { v7 } from 'uuid';
import { expect } from 'vitest';
import type { Stage } from './stage.ts';

/** Viewers who can afford any storm. @param prefix goes before their ids */
export const grantAll = async (stage: Stage, count: number, prefix = 'viewer-'): Promise<string[]> => {
  const viewers = Array.from({ length: count }, () => `${prefix}${v7()}`);
  await Promise.all(viewers.map((viewer) => stage.grant(viewer, 1_000_000)));
  return viewers;
};

type Storm = {
  readonly live: string;
  /** Of one coin. */
  readonly gift: string;
  readonly viewers: readonly string[];
  readonly perSecond: number;
};

/** Sends gifts until it is stopped, each a combo of its own. @returns stops it, and tells what was booked */
export const storm = async (
  stage: Stage,
  { live, gift, viewers, perSecond }: Storm,
): Promise<() => Promise<string[]>> => {
  const auth = { token: await stage.token('service', 'platform') };
  const socket = io(stage.system.gatewayUrls[0]!, { transports: ['websocket'], forceNew: true, auth });
  await new Promise<void>((resolve) => socket.once('welcome', () => resolve()));
  const sent: Promise<Receipt>[] = [];
  const began = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * perSecond) / 1_000;
    while (sent.length < due) {
      const viewer = viewers[sent.length % viewers.length];
      const claim = { combo: v7(), live, gift, viewer, count: 1 };
      const receipt: Promise<Receipt> = socket.timeout(20_000).emitWithAck('gift:send', claim);
      // Who never stops the storm, since something else failed, is not to hear of this too.
      receipt.catch(() => undefined);
      sent.push(receipt);
    }
  }, 10);
  return async () => {
    clearInterval(timer);
    const receipts = await Promise.all(sent);
    socket.disconnect();
    expect(receipts.filter((receipt) => 'refused' in receipt)).toEqual([]);
    return receipts.map(({ combo }) => combo);
  };
};

/** A metric of a service, summed over its labels. */
export const metricOf = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
  return lines.reduce((sum, [, value]) => sum + Number(value), 0);
};
