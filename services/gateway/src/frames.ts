import type { Socket as TcpSocket } from 'node:net';
import { limits } from './limits.ts';

type Sent = (error?: Error) => void;
type FrameSocket = { send(data: unknown, sent?: Sent): void };

/**
 * Lets all frames that are sent to a client in one turn of the event loop leave in one system call. An append
 * answers many claims at once, and writing each receipt by itself was the largest cost of a gift.
 *
 * Engine.IO hands on the next frame when it is told that the last one was sent. It is told so at once, unless
 * more than `maxUnsentBytes` wait for the client: then when the client has really taken it, so that for a
 * client that reads too slowly values are dropped as ever, and what waits for it stays bounded.
 */
export const gatherFrames = (frames: FrameSocket, tcp: TcpSocket): void => {
  const send = frames.send.bind(frames);
  let corked = false;
  frames.send = (data, sent) => {
    if (!corked) {
      corked = true;
      tcp.cork();
      process.nextTick(() => {
        corked = false;
        tcp.uncork();
      });
    }
    if (tcp.writableLength > limits.maxUnsentBytes) return send(data, sent);
    send(data);
    sent?.();
  };
};
