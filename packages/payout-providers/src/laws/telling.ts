import { expect, vi } from 'vitest';
import { type PayoutNotice, type PayoutProvider, type WebhookMessage, WebhookRefused } from '../port.ts';
import { type Laws, payment, type Subject } from './subject.ts';

const waitMs = 20_000;

const readAll = async (
  provider: PayoutProvider,
  messages: readonly WebhookMessage[],
): Promise<readonly PayoutNotice[]> => {
  const notices: PayoutNotice[] = [];
  for (const message of messages) notices.push(...(await provider.readWebhook(message)));
  return notices;
};

/** All notices, once one of them says this. */
const noticesWith = (subject: Subject, outcome: string): Promise<readonly PayoutNotice[]> =>
  vi.waitFor(
    async () => {
      const notices = await readAll(subject.other, subject.messages());
      expect(notices.map(({ state }) => state.outcome)).toContain(outcome);
      return notices;
    },
    { timeout: waitMs, interval: 5 },
  );

/** A payment, and the messages that tell of it until it is paid. */
const paidAndTold = async (subject: Subject) => {
  const asked = payment(subject);
  await subject.provider.pay(asked);
  await subject.settle();
  await noticesWith(subject, 'paid');
  const messages = subject.messages();
  const telling: WebhookMessage[] = [];
  for (const message of messages) {
    if ((await subject.provider.readWebhook(message)).length > 0) telling.push(message);
  }
  return { asked, messages: [...messages], telling: telling[0]! };
};

const expectRefused = async (subject: Subject, message: WebhookMessage): Promise<void> => {
  await expect(subject.provider.readWebhook(message)).rejects.toThrow(WebhookRefused);
};

/** The same text with the character in its middle another one. */
const altered = (text: string): string => {
  const middle = text.length >> 1;
  return text.slice(0, middle) + (text[middle] === 'a' ? 'b' : 'a') + text.slice(middle + 1);
};

export const tellingLaws: Laws = {
  'W1: what becomes of a payout is told by its key, with the reference that pay gave': async (subject) => {
    const asked = payment(subject);
    await subject.destine('returned');
    const { reference } = await subject.provider.pay(asked);
    await subject.settle();
    await noticesWith(subject, 'paid');
    await subject.takeBack();
    const notices = await noticesWith(subject, 'returned');
    expect(notices.map(({ key }) => key)).toEqual(notices.map(() => asked.key));
    expect(notices.map(({ state }) => state.reference)).toEqual(notices.map(() => reference));
    expect(notices.map(({ state }) => state.outcome)).not.toContain('failed');
  },

  'W2: a message says a state: read again, late or out of order, it says the same': async (subject) => {
    const { messages } = await paidAndTold(subject);
    const once = await readAll(subject.provider, messages);
    const mixed = await readAll(subject.other, [...messages, ...messages].reverse());
    expect(once.length).toBeGreaterThan(0);
    expect(mixed).toEqual([...once, ...once].reverse());
    expect(subject.moved()).toHaveLength(1);
  },

  'W3: what another signed, altered or did not sign is refused': async (subject) => {
    const { asked, telling } = await paidAndTold(subject);
    const { headers, body } = telling;
    const text = body.toString('utf8');
    await expectRefused(subject, { headers, body: Buffer.from(`${text} `) });
    await expectRefused(subject, { headers, body: Buffer.from(text.replaceAll(asked.key, `${asked.key}0`)) });
    await expectRefused(subject, { headers: {}, body });
    const [name, signature] = Object.entries(headers).find(([header]) => /-sig/.test(header))!;
    await expectRefused(subject, { headers: { ...headers, [name]: altered(signature ?? '') }, body });
    await expect(subject.stranger.readWebhook(telling)).rejects.toThrow(WebhookRefused);
  },

  'W4: what is too long is refused before it is read': async (subject) => {
    const { headers, body } = (await paidAndTold(subject)).telling;
    await expectRefused(subject, { headers, body: Buffer.concat([body, Buffer.alloc(256 * 1_024, ' ')]) });
  },

  'W5: what was signed too long ago is refused': async (subject, { agesMessages }) => {
    const { telling } = await paidAndTold(subject);
    subject.advance(6 * 60_000);
    if (agesMessages) await expectRefused(subject, telling);
    else expect(await subject.provider.readWebhook(telling)).not.toEqual([]);
  },

  'W6: messages of other kinds tell nothing': async (subject) => {
    if (subject.otherMessage) expect(await subject.provider.readWebhook(subject.otherMessage())).toEqual([]);
  },
};
