import { describe, expect, it } from 'vitest';
import { fieldsOf, readEvent, UnreadableEvent } from './events.ts';

const data = {
  after: { balance: 90 },
  at: 1_763_900_000_000,
  booked: 2,
  coins: 10,
  combo: '019ac000-0000-7000-8000-000000000001',
  count: 3,
  creator: 'bea',
  gift: 'rose',
  live: 'gala',
  millidiamonds: 5_000,
  rate: 500,
  unitCoins: 5,
  viewer: 'ann',
};
const read = (data: unknown) => readEvent({ type: 'GiftSent', data });

describe('a gift', () => {
  it('is taken up as it stands, whatever the order of its fields', () => {
    expect(read(data)).toEqual({ type: 'GiftSent', data });
    const reversed = Object.fromEntries(Object.entries(data).toReversed());
    expect(read(reversed)).toEqual({ type: 'GiftSent', data });
  });

  it('is rid of what this version knows nothing of', () => {
    expect(read({ ...data, later: 1 })).toEqual({ type: 'GiftSent', data });
    const after = { ...data.after, later: 1 };
    expect(read({ ...data, after })).toEqual({ type: 'GiftSent', data });
  });

  it.each(fieldsOf('GiftSent'))('is refused without its %s, or with one of another kind', (field) => {
    const others = [undefined, null, true, 1.5, 2 ** 53, Number.NaN, [], {}, { balance: '1' }];
    const wrong = typeof data[field as 'at'] === 'string' ? [1, ...others] : ['1', ...others];
    for (const value of wrong) {
      expect(() => read({ ...data, [field]: value })).toThrow(
        new RegExp(`^An event of type GiftSent .*${field}`),
      );
    }
    const { [field as 'at']: _, ...rest } = data;
    expect(() => read(rest)).toThrow(UnreadableEvent);
  });

  it.each([undefined, null, 'text', 7, []])('is refused where its data is %s', (wrong) => {
    expect(() => read(wrong)).toThrow(UnreadableEvent);
  });
});

it('means nothing where this version does not know its type', () => {
  expect(readEvent({ type: 'Unheard', data })).toBeUndefined();
});
