import type { JsonObject, StoredEvent } from '@carat/event-store';
import { describe, expect, it } from 'vitest';
import { createDifferences } from '../../outcome.ts';
import { comboId, noon, writeLog } from '../testing/written-log.ts';
import { createLaws, type LogSums } from './laws.ts';

const minute = 60_000;

const check = (events: readonly StoredEvent[]): { differences: string[]; sums: LogSums } => {
  const differences = createDifferences(50);
  const laws = createLaws(differences, []);
  for (const event of events) laws.see(event);
  const sums = laws.finish();
  return { differences: differences.lines(), sums };
};

/** Two viewers, two gifts, a price and a rate that change: nothing is wrong with it. */
const goodLog = (): StoredEvent[] => {
  const log = writeLog();
  const combo = comboId(noon, 1);
  log.write('log', 'LogCreated', { logId: 'a' });
  log.list('rose', 5);
  log.list('castle', 500);
  log.start('live', 'creator');
  log.grant('ann', 1_000);
  log.grant('bob', 40);
  log.send({ viewer: 'ann', combo, booked: 2 });
  log.send({ viewer: 'bob', combo });
  log.list('rose', 6);
  log.send({ viewer: 'ann', combo, booked: 3 });
  log.rate(800);
  log.send({ viewer: 'ann', gift: 'castle', unitCoins: 500, rate: 800 });
  log.grant('ann', 7);
  log.send({ viewer: 'bob', unitCoins: 6, at: noon + 10 * minute });
  log.write('live-live', 'LiveEnded', { live: 'live', creator: 'creator', at: noon });
  return log.events;
};

/** The good log with the data of some events changed: those of a type, from the first or the nth on. */
const tampered = (type: string, nth: number, change: JsonObject): StoredEvent[] => {
  const events = goodLog();
  const found = events.filter((event) => event.type === type)[nth]!;
  return events.map((event) => (event === found ? { ...event, data: { ...event.data, ...change } } : event));
};

describe('the laws of the log', () => {
  it('finds nothing wrong with a good log, and adds it up', () => {
    const { differences, sums } = check(goodLog());
    expect(differences).toEqual([]);
    expect(sums).toEqual({
      events: 18,
      wallets: 2,
      coins: { granted: '1047', spent: '536', held: '511' },
      millidiamonds: '436000',
      logId: 'a',
      skipped: [],
      boards: [],
      earnings: {
        diamonds: { pending: '436000', held: '0', available: '0', onTheWay: '0', paid: '0' },
        closedThrough: null,
        settledThrough: null,
        redemptions: 0,
        money: [],
      },
    });
  });

  it.each([
    ['a balance', 'GiftSent', 0, { after: { balance: 991 } }, /says the balance is 991 after it/],
    ['coins', 'GiftSent', 0, { coins: 9 }, /2 at 5 coins are not 9 coins/],
    ['what was booked', 'GiftSent', 0, { booked: 3 }, /with 3 more it cannot be 2/],
    ['a count', 'GiftSent', 2, { count: 6 }, /stood at 2, with 3 more it cannot be 6/],
    ['diamonds', 'GiftSent', 1, { millidiamonds: 5_001 }, /are not 5001 millidiamonds/],
    ['a rate', 'GiftSent', 3, { rate: 801, millidiamonds: 400_500 }, /never earned 801/],
    [
      'a rate within a combo',
      'GiftSent',
      2,
      { rate: 800, millidiamonds: 12_000 },
      /rate was 1000, now it is 800/,
    ],
    ['a price', 'GiftSent', 3, { unitCoins: 250, booked: 2, count: 2 }, /castle never cost 250 coins/],
    ['the viewer', 'GiftSent', 0, { viewer: 'bob' }, /it names the viewer bob/],
    ['the live', 'GiftSent', 3, { live: 'other' }, /the live other had not started/],
    ['the creator', 'GiftSent', 3, { creator: 'eve' }, /the live live is creator's, not eve's/],
    ['the gift within a combo', 'GiftSent', 2, { gift: 'castle' }, /gift was rose, now it is castle/],
    ['the combo', 'GiftSent', 2, { combo: comboId(noon, 99) }, /stood at 0, with 3 more it cannot be 5/],
    ['the time', 'GiftSent', 3, { at: noon - 1 }, /lies before that of the event before it/],
    [
      'the time beyond the window',
      'GiftSent',
      4,
      { at: noon + 26 * minute },
      /after the time in its combo's id/,
    ],
    [
      'a granted amount',
      'CoinsGranted',
      0,
      { coins: 999 },
      /says 999 coins for ann at \d+, but .* says 1000/,
    ],
    [
      'a made grant',
      'GrantMade',
      1,
      { viewer: 'eve' },
      /says 40 coins for bob at \d+, but .* says 40 coins for eve/,
    ],
    ['when a grant was made', 'GrantMade', 0, { at: noon + 1 }, /for ann at \d+, but .* for ann at \d+\.$/m],
    [
      'when coins were granted',
      'CoinsGranted',
      1,
      { at: noon + 1 },
      /for bob at \d+, but .* for bob at \d+\.$/m,
    ],
    ['when a live ended', 'LiveEnded', 0, { at: noon - 1 }, /it ended at \d+, before it started at \d+\.$/m],
    [
      'when a live started',
      'LiveStarted',
      0,
      { at: noon + 1 },
      /it ended at \d+, before it started at \d+\.$/m,
    ],
    ['the id of the log', 'LogCreated', 0, { logId: '' }, /its logId is no text/],
    ['a grant of nothing', 'CoinsGranted', 0, { coins: 0 }, /it moves 0 coins/],
    ['the id of a made grant', 'GrantMade', 1, { grant: 'x' }, /it names the grant x/],
    ['a listed price', 'GiftListed', 1, { coins: 400 }, /castle never cost 500 coins/],
    ['a rate that was set', 'DiamondRateSet', 0, { millidiamondsPerCoin: 700 }, /never earned 800/],
    ['who started a live', 'LiveStarted', 0, { creator: 'eve' }, /the live live is eve's, not creator's/],
    ['a number that is none', 'GiftSent', 0, { coins: '10' }, /its coins is no integer/],
  ])('finds %s that was changed', (_, type, nth, change, said) => {
    const { differences } = check(tampered(type, nth, change));
    expect(differences.join('\n')).toMatch(said);
  });

  it('names the event that is wrong, and only that one', () => {
    const events = tampered('GiftSent', 0, { after: { balance: 991 } });
    const { differences } = check(events);
    expect(differences[0]).toMatch(/^GiftSent 1 of wallet-ann at position 9: /);
    // The next event of the wallet does not follow from the changed one either; the sums no longer close.
    expect(differences).toHaveLength(2);
  });

  it.each([
    ['GiftSent', /revision 1 should come here/],
    ['CoinsGranted', /no wallet was granted its coins/],
    ['GrantMade', /the grant was never made/],
  ])('misses a %s that was taken out', (type, said) => {
    const events = goodLog();
    const at = events.findIndex((event) => event.type === type);
    expect(check(events.toSpliced(at, 1)).differences.join('\n')).toMatch(said);
  });

  it('finds a balance below zero', () => {
    const log = writeLog();
    log.list('rose', 5);
    log.start('live', 'creator');
    log.grant('ann', 4);
    log.send({ viewer: 'ann' });
    expect(check(log.events).differences).toEqual([
      'GiftSent 1 of wallet-ann at position 5: the balance is -1 after it.',
    ]);
  });

  it('finds a viewer who gifts its own live', () => {
    const log = writeLog();
    log.list('rose', 5);
    log.start('live', 'creator');
    log.grant('creator', 5);
    log.send({ viewer: 'creator' });
    expect(check(log.events).differences).toEqual([
      'GiftSent 1 of wallet-creator at position 5: the viewer creator gifts its own live.',
    ]);
  });

  it('finds a combo booked again from the start after it was forgotten', () => {
    const log = writeLog();
    const combo = comboId(noon, 1);
    log.list('rose', 5);
    log.start('live', 'creator');
    log.grant('ann', 1_000);
    log.send({ viewer: 'ann', combo });
    for (let at = noon; at <= noon + 100 * minute; at += 5 * minute) log.send({ viewer: 'ann', at });
    const again = log.send({ viewer: 'ann', combo, at: noon + 100 * minute });
    const events = log.events.map((event) =>
      event === again ? { ...event, data: { ...event.data, count: 1 } } : event,
    );
    expect(check(log.events.slice(0, -1)).differences).toEqual([]);
    expect(check(events).differences).toEqual([
      expect.stringMatching(/6000000 ms after the time in its combo's id/),
    ]);
  });

  it('finds a grant that is in the log twice', () => {
    const log = writeLog();
    log.grant('ann', 4, 'once');
    log.grant('ann', 4, 'once');
    expect(check(log.events).differences).toEqual([
      'GrantMade 1 of grant-once at position 3: revision 0 should come here.',
    ]);
  });

  it('leaves streams alone that are not ours', () => {
    const log = writeLog();
    log.grant('ann', 4);
    const stranger = { ...log.events[1]!, stream: 'order-1', revision: 7, data: {} };
    expect(check([stranger, ...log.events, { ...stranger, type: 'Any' }]).differences).toEqual([]);
    expect(check([...log.events, { ...stranger, stream: 'live-1' }]).differences).toHaveLength(2);
  });

  it('reports what operators took out, until they put it back', () => {
    const log = writeLog();
    const skip = (event: string) => ({ event, unit: 'boards', by: 'op', reason: 'poison' });
    log.write('log', 'EventSkipped', skip('a'));
    log.write('log', 'EventSkipped', skip('b'));
    log.write('log', 'EventUnskipped', skip('a'));
    expect(check(log.events).sums.skipped).toEqual([{ event: 'b', unit: 'boards' }]);
  });

  it('reports the boards of operators, until they are retired, and what is no board', () => {
    const log = writeLog();
    const board = { ranks: 'viewer', lives: ['live'], gifts: [], from: noon, to: null, window: 'day' };
    const created = (id: string, more = {}) =>
      log.write('boards', 'BoardCreated', { board: id, ...board, by: 'op', at: noon, ...more });
    created('spring');
    created('summer');
    log.write('boards', 'BoardRetired', { board: 'summer', by: 'op', at: noon });
    expect(check(log.events).sums.boards).toEqual([{ board: 'spring', ...board, by: 'op', at: noon }]);
    created('autumn', { window: 'month' });
    created('winter', { lives: 'live' });
    expect(check(log.events).differences).toEqual([
      'BoardCreated 3 of boards at position 4: its window is no window.',
      'BoardCreated 4 of boards at position 5: its lives is no texts.',
    ]);
  });

  it('tells a bounded number of differences, and how many more there are', () => {
    const differences = createDifferences(2);
    for (const line of ['a', 'b', 'c', 'd']) differences.add(line);
    expect(differences.lines()).toEqual(['a', 'b', '… and 2 more differences']);
  });
});
