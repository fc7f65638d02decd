import type { Socket as TcpSocket } from 'node:net';
import { limits } from './limits.ts';

type Sent = (error?: Error) => void;
/** A WebSocket of `ws`: Engine.IO hands the frames of a broadcast, made once, straight to its sender. */
export type FrameSocket = {
  send(data: unknown, sent?: Sent): void;
  readonly _sender: { sendFrame(frame: readonly Buffer[], sent?: Sent): void };
};

/** Ping, pong and close are no part of what Engine.IO sends. */
const isControl = ([head]: readonly Buffer[]): boolean => (head![0]! & 0x08) !== 0;

/**
 * Lets all frames that are sent to a client in one turn of the event loop leave in one system call. An append
 * answers many claims at once, and writing each receipt by itself was the largest cost of a gift; a tick's
 * values and bookings leave together likewise.
 *
 * Engine.IO hands on the next frame when it is told that the last one was sent. It is told so at once, unless
 * more than `maxUnsentBytes` wait for the client: then when the client has really taken it, so that for a
 * client that reads too slowly values are dropped as ever, and what waits for it stays bounded.
 */
export const gatherFrames = (frames: FrameSocket, tcp: TcpSocket): void => {
  const sender = frames._sender;
  const send = frames.send.bind(frames);
  const sendFrame = sender.sendFrame.bind(sender);
  let corked = false;

  const gather = (write: (sent?: Sent) => void, sent: Sent | undefined): void => {
    if (!corked) {
      corked = true;
      tcp.cork();
      process.nextTick(() => {
        corked = false;
        tcp.uncork();
      });
    }
    if (tcp.writableLength > limits.maxUnsentBytes) return write(sent);
    write();
    sent?.();
  };
  frames.send = (data, sent) => gather((whenSent) => send(data, whenSent), sent);
  sender.sendFrame = (frame, sent) => {
    if (isControl(frame)) sendFrame(frame, sent);
    else gather((whenSent) => sendFrame(frame, whenSent), sent);
  };
};
