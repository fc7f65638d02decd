import { setTimeout as pause } from 'node:timers/promises';
import { streamNameFilter } from '@kurrent/kurrentdb-client';
import type { LogEnd, Position } from '../port.ts';
import type { Client, ClientHolder } from './client-holder.ts';
import type { Limits } from './limits.ts';

type Subscription = ReturnType<Client['subscribeToAll']>;

/** The places that the server would send by and by, for each so many times 32 events, are of no use here. */
const notOfTheServer = streamNameFilter({ regex: '^[^$]', checkpointInterval: 10_000 });

/** How a subscription ended: it has heard enough, or it is no good. */
type End = 'heard_enough' | 'lost';

/**
 * Says that the log has grown. A subscription from the end of the log is only listened to: each event that
 * comes by one costs more than fifty that come in a page, so after a few it is dropped, and another is made a
 * moment later. Whoever listens is called at every beginning, since something may have come before. A
 * subscription that is lost, or that has become silent while the log has grown, is made anew with growing
 * pauses, and the head of the log is looked at meanwhile.
 */
export class WakeUp {
  readonly #holder: ClientHolder;
  readonly #limits: Limits;
  readonly #head: () => Promise<LogEnd | undefined>;
  readonly #call: () => void;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  /** The head of the log when it was looked at last. */
  #seen: Position | 'none' | undefined;

  /**
   * @param head the last event of the log; it may fail
   * @param call tells everybody that there may be more
   */
  constructor(
    holder: ClientHolder,
    limits: Limits,
    head: () => Promise<LogEnd | undefined>,
    call: () => void,
  ) {
    this.#holder = holder;
    this.#limits = limits;
    this.#head = head;
    this.#call = call;
  }

  listen(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { minSubscribePauseMs, maxSubscribePauseMs, restMs } = this.#limits;
    const { signal } = this.#closing;
    let pauseMs = minSubscribePauseMs;
    while (!signal.aborted) {
      const { client } = this.#holder;
      const end = await this.#hear(client, () => {
        pauseMs = minSubscribePauseMs;
        this.#holder.praise(client);
      });
      if (signal.aborted) return;
      if (end === 'heard_enough') {
        await this.#pause(restMs);
        continue;
      }
      this.#holder.replace(client);
      await this.#pause(pauseMs * (0.5 + Math.random() / 2));
      pauseMs = Math.min(2 * pauseMs, maxSubscribePauseMs);
      if (!signal.aborted) await this.#look();
    }
  }

  /** One subscription, from its beginning to its end. */
  async #hear(client: Client, onConfirmed: () => void): Promise<End> {
    const { promise: ended, resolve: end } = Promise.withResolvers<End>();
    const { confirmMs, silenceMs, maxEventsHeard } = this.#limits;
    const { signal } = this.#closing;
    const lose = () => end('lost');
    let timer = setTimeout(lose, confirmMs);
    let heard = 0;
    let heardAtLook = 0;
    let isOver = false;
    const look = async () => {
      const hasGrown = await this.#look();
      if (isOver) return;
      if (hasGrown && heard === heardAtLook) return lose();
      heardAtLook = heard;
      timer = setTimeout(look, silenceMs);
    };
    const subscription = client.subscribeToAll({ fromPosition: 'end', filter: notOfTheServer });
    subscription
      .on('confirmation', () => {
        clearTimeout(timer);
        timer = setTimeout(look, silenceMs);
        onConfirmed();
        this.#call();
      })
      .on('data', () => {
        heard += 1;
        this.#call();
        if (heard >= maxEventsHeard) end('heard_enough');
      })
      .on('error', lose)
      .on('close', lose);
    signal.addEventListener('abort', lose, { once: true });
    try {
      return await ended;
    } finally {
      isOver = true;
      signal.removeEventListener('abort', lose);
      clearTimeout(timer);
      drop(subscription);
    }
  }

  /** Looks whether the log has another head than at the look before. */
  async #look(): Promise<boolean> {
    try {
      const seen = this.#seen;
      this.#seen = (await this.#head())?.position ?? 'none';
      if (this.#seen === seen) return false;
      this.#call();
      return seen !== undefined;
    } catch {
      // Whoever reads is told what is wrong; the next look may find it mended.
      return false;
    }
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}

/** Ends a subscription; one that never began has nothing to end. */
const drop = (subscription: Subscription): void => {
  subscription.removeAllListeners('data').on('error', () => {});
  subscription.unsubscribe().catch(() => {});
};
