import { expect } from 'vitest';
import { begun, codeOf, type Laws, outlast, payment } from './subject.ts';

export const lookingLaws: Laws = {
  'K1: what pay has answered, look finds, and makes nothing': async (subject) => {
    const asked = payment(subject);
    const { reference } = await subject.provider.pay(asked);
    const found = await subject.other.look(begun(subject, asked, reference));
    expect(found).toMatchObject({ reference });
    expect(['sent', 'paid']).toContain(found?.outcome);
    await subject.settle();
    expect(await subject.other.look(begun(subject, asked, reference))).toEqual({
      outcome: 'paid',
      reference,
    });
    expect(subject.moved()).toHaveLength(1);
  },

  'K2: what was paid and never answered is found by its key, past the memory too': async (subject) => {
    const asked = payment(subject);
    const other = payment(subject, { key: 'k'.repeat(165) });
    const known = [begun(subject, asked), begun(subject, other)];
    await subject.break('lose');
    await subject.provider.pay(asked).catch(() => {});
    await subject.provider.pay(other).catch(() => {});
    await subject.break(undefined);
    await subject.settle();
    outlast(subject);
    for (const payout of known) expect((await subject.other.look(payout))?.outcome).toBe('paid');
    subject.advance(subject.provider.memoryMs);
    for (const payout of known) expect((await subject.other.look(payout))?.outcome).toBe('paid');
    expect(subject.moved()).toHaveLength(2);
  },

  'K3: what was never paid is not found, and not made by looking': async (subject) => {
    const asked = payment(subject);
    expect(await subject.provider.look(begun(subject, asked))).toBeUndefined();
    expect(await subject.provider.look(begun(subject, asked, 'nothing-of-the-kind'))).toBeUndefined();
    outlast(subject);
    expect(await subject.provider.look(begun(subject, asked))).toBeUndefined();
    expect(subject.moved()).toEqual([]);
  },

  'K4: what failed says why, and has moved nothing': async (subject, { failsLater }) => {
    const asked = payment(subject);
    await subject.destine('failed');
    if (!failsLater) return expect(await codeOf(subject.provider.pay(asked))).toBe('refused');
    const { reference } = await subject.provider.pay(asked);
    await subject.settle();
    const failed = { outcome: 'failed', reference, reason: expect.stringMatching(/\S/) };
    expect(await subject.provider.look(begun(subject, asked, reference))).toEqual(failed);
    expect(await subject.provider.pay(asked)).toEqual(failed);
    expect(subject.moved()).toEqual([]);
  },

  'K5: what came back is returned, whoever asks': async (subject) => {
    const asked = payment(subject);
    await subject.destine('returned');
    const { reference } = await subject.provider.pay(asked);
    await subject.settle();
    expect((await subject.provider.look(begun(subject, asked, reference)))?.outcome).toBe('paid');
    await subject.takeBack();
    const returned = { outcome: 'returned', reference, reason: expect.stringMatching(/\S/) };
    expect(await subject.provider.look(begun(subject, asked, reference))).toEqual(returned);
    expect(await subject.other.pay(asked)).toEqual(returned);
  },
};
