import { payoutProviderLaws, type Subject } from '../laws.ts';
import { createStripe } from './adapter.ts';
import { fromStripe } from './money.ts';
import { startStripeDouble } from './testing/double.ts';

const recipient = 'acct_1MTfjCQ9PRzxEwkZ';

const openSubject = async (): Promise<Subject> => {
  let offset = 0;
  const now = () => Date.now() + offset;
  const double = await startStripeDouble(now);
  double.accounts.add(recipient);
  const { secretKey, webhookSecret } = double;
  const foreign = { secretKey: 'sk_test_of_another', webhookSecret: 'whsec_of_another' };
  const adapter = (url = double.url, secrets = { secretKey, webhookSecret }) =>
    createStripe({ url, ...secrets, now });
  const adapters = [
    adapter(),
    adapter(),
    adapter('http://127.0.0.1:2'),
    adapter(double.url, foreign),
  ] as const;
  const [provider, other, unreachable, stranger] = adapters;

  return {
    ...{ provider, other, unreachable, stranger, recipient },
    secrets: [secretKey, webhookSecret, ...Object.values(foreign)],
    nobody: 'acct_of_nobody',
    moved: () =>
      double.transfers().map(({ amount, currency, destination }) => ({
        recipient: destination,
        amountMinor: fromStripe(amount, currency.toUpperCase()),
        currency: currency.toUpperCase(),
      })),
    // A transfer is made or refused at once.
    destine: async (fate) => {
      if (fate === 'failed') double.accounts.clear();
    },
    break: async (fault) => {
      double.fault = fault;
    },
    settle: async () => {},
    takeBack: async () => {
      for (const { id } of double.transfers()) double.reverse(id);
    },
    advance: (ms) => {
      offset += ms;
    },
    now,
    messages: () => double.messages(),
    otherMessage: () => double.sign('customer.created', { id: 'cus_1' }),
    payByHand: async () => double.addByHand(500, 'usd', recipient),
    close: async () => {
      for (const one of adapters) await one.close();
      await double.close();
    },
  };
};

payoutProviderLaws('stripe', openSubject, {
  failsLater: false,
  forgets: true,
  listsRecipient: true,
  referenceFrom: 'pay',
  agesMessages: true,
  pays: [
    ['1', 'USD'],
    ['999999999999', 'EUR'],
    ['7', 'JPY'],
    ['3', 'ISK'],
    ['500', 'MGA'],
    ['1230', 'KWD'],
  ],
  refuses: [
    ['50', 'MGA'],
    ['1234', 'KWD'],
  ],
});
