import type { PayoutState } from '../port.ts';
import { draw, type Faults } from './faults.ts';
import { sandboxLimits } from './limits.ts';
import { type SandboxPayout, statesOf } from './payout.ts';
import { signatureHeader, signBody } from './signature.ts';

type Telling = {
  readonly body: string;
  /** When it is due, in ms since 1970. */
  dueAt: number;
  attempts: number;
};

/**
 * Tells each state of each payout by a signed POST when it begins, again and again until a 2xx answers, with
 * the pauses doubled, up to `maxWebhookAttempts`. Order is not kept, and after a restart what began a short
 * while ago is told again.
 */
export type Webhooks = {
  /** Undefined: nobody is told. */
  setUrl(url: string | undefined): void;
  expect(payout: SandboxPayout): void;
  /** States that wait to be told, or told again. */
  waiting(): number;
  close(): Promise<void>;
};

type Settings = {
  readonly url: string | undefined;
  readonly secret: string;
  readonly now: () => number;
  readonly faults: () => Faults;
};

export const startWebhooks = ({ secret, now, faults, ...settings }: Settings): Webhooks => {
  let { url } = settings;
  const tellings = new Set<Telling>();
  const underWay = new Set<Promise<void>>();
  const closed = new AbortController();

  const plan = (payout: SandboxPayout, from: number, state: PayoutState): void => {
    const { seed, twice } = faults();
    const times = draw(seed, 'twice', payout.key, state.outcome) < twice ? 2 : 1;
    const body = JSON.stringify({ key: payout.key, state });
    for (let time = 0; time < times && tellings.size < sandboxLimits.maxWaitingWebhooks; time += 1) {
      tellings.add({ body, dueAt: from, attempts: 0 });
    }
  };

  const deliver = async (telling: Telling, to: string): Promise<void> => {
    tellings.delete(telling);
    telling.attempts += 1;
    if (await post(to, telling.body)) return;
    if (telling.attempts >= sandboxLimits.maxWebhookAttempts || closed.signal.aborted) return;
    telling.dueAt = now() + pauseAfter(telling.attempts);
    tellings.add(telling);
  };

  const post = async (to: string, body: string): Promise<boolean> => {
    try {
      const answer = await fetch(to, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [signatureHeader]: signBody(secret, now(), body) },
        body,
        signal: AbortSignal.any([closed.signal, AbortSignal.timeout(sandboxLimits.webhookTimeoutMs)]),
      });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  };

  const tellWhatIsDue = (): void => {
    if (url === undefined) return;
    for (const telling of tellings) {
      if (underWay.size >= sandboxLimits.maxWebhooksAtOnce) return;
      if (telling.dueAt > now()) continue;
      const delivery = deliver(telling, url).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
  };
  const timer = setInterval(tellWhatIsDue, sandboxLimits.tellEveryMs);

  return {
    setUrl: (next) => {
      url = next;
    },
    expect: (payout) => {
      if (url === undefined) return;
      for (const { from, state } of statesOf(payout)) {
        if (from > now() - sandboxLimits.retellMs) plan(payout, from, state);
      }
    },
    waiting: () => tellings.size + underWay.size,
    close: async () => {
      clearInterval(timer);
      closed.abort();
      await Promise.all(underWay);
    },
  };
};

const pauseAfter = (attempts: number): number =>
  Math.min(sandboxLimits.firstRetryMs * 2 ** (attempts - 1), sandboxLimits.maxRetryMs);
