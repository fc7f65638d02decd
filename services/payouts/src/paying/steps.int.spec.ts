import { payoutKeyOf } from '@carat/domain';
import { createPaypal, createStripe } from '@carat/payout-providers';
import { afterEach, describe, expect, it } from 'vitest';
import { startPaypalDouble } from '../../../../packages/payout-providers/src/paypal/testing/double.ts';
import { startStripeDouble } from '../../../../packages/payout-providers/src/stripe/testing/double.ts';
import { limits } from '../limits.ts';
import { startLoneService } from '../testing/lone-service.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const account = 'account-of-ann';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const createTestClock = () => {
  let offset = 0;
  return {
    now: (): number => Date.now() + offset,
    pass: (ms: number): void => {
      offset += ms;
    },
  };
};

const openStripe = async () => {
  const clock = createTestClock();
  const double = await startStripeDouble(clock.now);
  double.accounts.add(account);
  const stripe = createStripe({ ...double, now: clock.now });
  closing.push(() => stripe.close(), double.close);
  return { clock, double, stripe, service: await startLoneService(stripe, clock) };
};

const openPaypal = async () => {
  const clock = createTestClock();
  const double = await startPaypalDouble(clock.now);
  double.books.accounts.add(account);
  const { url, clientId, clientSecret, webhookId } = double;
  const paypal = createPaypal({ url, clientId, clientSecret, webhookId, now: clock.now });
  closing.push(double.close);
  return { clock, double, paypal, service: await startLoneService(paypal, clock) };
};

describe('a payout', () => {
  it('that was made before the log was restored is not made again', async () => {
    const { clock, double, stripe, service } = await openStripe();
    await service.request('r1');
    const { net, currency } = (await service.redemption('r1'))!.quote;
    await stripe.pay({ key: payoutKeyOf('ann', 'r1'), recipient: account, amountMinor: net, currency });
    clock.pass(26 * hourMs);
    await service.bring('r1');
    expect(double.transfers()).toHaveLength(1);
    expect((await service.redemption('r1'))?.status).toBe('paid');
  });

  it.each([
    ['takes no calls', 'refuse' as const],
    [
      'has too little of our money',
      { status: 422, body: { name: 'INSUFFICIENT_FUNDS', message: 'no', debug_id: 'f' } },
    ],
  ])('of a provider that %s for two hours is approved meanwhile, and paid after it', async (_, fault) => {
    const { clock, double, service } = await openPaypal();
    await service.request('r1');
    double.fault = fault;
    for (let minutes = 0; minutes < 120; minutes += 20) {
      await service.bring('r1');
      expect((await service.redemption('r1'))?.status).toBe('approved');
      clock.pass(20 * minuteMs);
    }
    double.fault = undefined;
    await service.bring('r1');
    double.books.settle();
    await service.bring('r1');
    expect((await service.redemption('r1'))?.status).toBe('paid');
  });

  it('that the balance does not cover uses up no key', async () => {
    const { double, service } = await openStripe();
    await service.request('r1');
    double.balance = 1;
    expect(await service.bring('r1')).toMatchObject({ againAfterMs: expect.any(Number) });
    expect(double.calls()).toEqual([]);
    double.balance = Number.MAX_SAFE_INTEGER;
    await service.bring('r1');
    expect((await service.redemption('r1'))?.status).toBe('paid');
  });

  it('is not started with a provider that does not take our credentials', async () => {
    const { clock, double } = await openStripe();
    const stranger = createStripe({ ...double, secretKey: 'sk_test_of_another', now: clock.now });
    closing.push(() => stranger.close());
    const service = await startLoneService(stranger, clock);
    await service.request('r1');
    expect(await service.bring('r1')).toMatchObject({ code: 'misconfigured' });
    expect(await service.redemption('r1')).toMatchObject({ status: 'approved', payout: null });
  });

  it('whose key has paid something else is held for an operator, and not given back', async () => {
    const { clock, stripe } = await openStripe();
    const service = await startLoneService({ ...stripe, look: async () => undefined }, clock);
    await service.request('r1');
    const taken = { key: payoutKeyOf('ann', 'r1'), recipient: account, amountMinor: '1', currency: 'USD' };
    await stripe.pay(taken);
    expect(await service.bring('r1')).toMatchObject({ againAfterMs: expect.any(Number) });
    expect((await service.redemption('r1'))?.status).toBe('started');
    expect(service.faults()).toEqual(['ann/r1: stripe has used its key for another payment.']);
  });

  it('that contradicts the log is asked for again only after a pause', async () => {
    const { clock, stripe } = await openStripe();
    const sent = { outcome: 'sent', reference: 'ref-1' } as const;
    const answers = [undefined, sent, { outcome: 'paid', reference: 'ref-2' } as const];
    const look = async () => answers.shift();
    const service = await startLoneService({ ...stripe, look, pay: async () => answers.shift()! }, clock);
    await service.request('r1');
    await service.bring('r1');
    expect(await service.bring('r1')).toEqual({ againAfterMs: limits.heldLookMs });
    expect(service.faults()).toHaveLength(1);
  });

  it('that was found in the list is not contradicted by what is told later by its own name', async () => {
    const { clock, double, paypal, service } = await openPaypal();
    await service.request('r1');
    double.books.fate = 'returned';
    double.fault = 'lose';
    await service.bring('r1');
    double.fault = undefined;
    double.books.settle();
    clock.pass(5 * hourMs);
    await service.bring('r1');
    expect((await service.redemption('r1'))?.status).toBe('paid');
    double.books.takeBack();
    for (const message of double.messages()) {
      for (const { state } of await paypal.readWebhook(message)) await service.hear('r1', state);
    }
    expect((await service.redemption('r1'))?.status).toBe('returned');
    expect(service.faults()).toEqual([]);
  });
});
