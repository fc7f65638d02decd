import { limits } from './limits.ts';

/** What of a WebSocket is needed to stop and go on reading from it. */
type Readable = { pause(): void; resume(): void };

/** How fast one client may speak. */
export type Pace = {
  /** Counts a message that came. */
  count(): void;
  /** Lets the client speak faster from now on. */
  raise(messagesPerSecond: number): void;
};

/**
 * A token bucket that holds a second's worth of messages. A client that has used it up is not read from until
 * it may speak again: TCP then slows the client itself down, and it costs nobody else anything, whatever it
 * says.
 */
export const keepPace = (socket: Readable, now: () => number = () => performance.now()): Pace => {
  let perMs: number = limits.maxMessagesPerSecond / 1_000;
  let tokens: number = limits.maxMessagesPerSecond;
  let at = now();
  let paused = false;

  const goOn = (): void => {
    paused = false;
    socket.resume();
  };

  return {
    count() {
      const time = now();
      tokens = Math.min(tokens + (time - at) * perMs, perMs * 1_000) - 1;
      at = time;
      if (tokens >= 0 || paused) return;
      paused = true;
      socket.pause();
      setTimeout(goOn, Math.min((1 - tokens) / perMs, limits.maxReadPauseMs)).unref();
    },
    raise(messagesPerSecond) {
      perMs = messagesPerSecond / 1_000;
      tokens = messagesPerSecond;
    },
  };
};
