import type { Abilities, Subject } from '../../laws.ts';
import { createPaypal } from '../adapter.ts';
import { toMinor } from '../money.ts';
import { startPaypalDouble } from './double.ts';

/** What stands between the adapter and the double, and where the adapter finds it. */
export type Between = { readonly url: string; close(): Promise<void> };

const nothing = async (url: string): Promise<Between> => ({ url, close: async () => {} });

/** PayPal's adapter over the double, for the suite of the laws. */
export const openPaypalSubject = async (place = nothing): Promise<Subject> => {
  let offset = 0;
  const now = () => Date.now() + offset;
  const double = await startPaypalDouble(now);
  double.books.accounts.add('G83JXTJ5EHCQ2');
  double.books.maxResults = 40;
  const between = await place(double.url);
  const { clientId, clientSecret, webhookId } = double;
  const adapter = (url = between.url, secret = clientSecret) =>
    createPaypal({ url, clientId, clientSecret: secret, webhookId, now });

  return {
    provider: adapter(),
    other: adapter(),
    unreachable: adapter('http://127.0.0.1:2'),
    stranger: adapter(between.url, 'secret-of-another'),
    secrets: [
      clientSecret,
      'secret-of-another',
      Buffer.from(`${clientId}:${clientSecret}`).toString('base64'),
    ],
    recipient: 'G83JXTJ5EHCQ2',
    nobody: 'NOBODY0000000',
    moved: () =>
      double.books
        .batches()
        .filter(({ itemStatus }) => itemStatus !== 'FAILED')
        .map(({ item: { receiver, amount } }) => ({
          recipient: receiver,
          amountMinor: toMinor(amount.value, amount.currency),
          currency: amount.currency,
        })),
    destine: async (fate) => {
      double.books.fate = fate;
    },
    break: async (fault) => {
      double.fault = fault;
    },
    settle: async () => double.books.settle(),
    takeBack: async () => double.books.takeBack(),
    advance: (ms) => {
      offset += ms;
    },
    now,
    messages: () => double.messages(),
    otherMessage: () => double.sign('BILLING.SUBSCRIPTION.CREATED', { id: 'I-1' }),
    payByHand: async () => double.books.addByHand('5.00', 'USD'),
    close: async () => {
      await between.close();
      await double.close();
    },
  };
};

export const paypalAbilities: Abilities = {
  failsLater: true,
  forgets: true,
  listsRecipient: false,
  referenceFrom: 'list',
  agesMessages: false,
  pays: [
    ['1', 'USD'],
    ['12345678999', 'EUR'],
    ['7', 'JPY'],
    ['4500', 'HUF'],
  ],
  refuses: [
    ['4550', 'HUF'],
    ['100', 'TND'],
  ],
};
