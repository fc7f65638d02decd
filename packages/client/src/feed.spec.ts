import type { LiveFeed, MissedPage } from '@carat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Feed, type FeedPart } from './feed.ts';
import { booking, createLog } from './log.fixture.ts';

const at = (position: string | null, generation = 'g') => ({ generation, position });
const part = (after: string | null, positions: string[], generation?: string): LiveFeed => ({
  live: 'l',
  asOf: at(positions.at(-1) ?? after, generation),
  after,
  bookings: positions.map((position) => booking(position)),
});
const page = (positions: string[], rest: Partial<MissedPage> = {}): MissedPage => ({
  live: 'l',
  bookings: positions.map((position) => booking(position)),
  next: positions.at(-1) ?? '0',
  gap: false,
  more: false,
  ...rest,
});

const open = (bookingsHeld = 100) => {
  const asked: string[] = [];
  const told: FeedPart[] = [];
  const feed = new Feed(
    { hand: (each) => told.push(each), ask: (after) => asked.push(after) },
    { bookingsHeld },
  );
  /** What was handed on, `!` where a gap was told. */
  const run = () =>
    told.flatMap(({ bookings, gap }) => [...(gap ? ['!'] : []), ...bookings.map(({ position }) => position)]);
  return { feed, asked, told, run };
};

describe('a feed', () => {
  it('begins where the first snapshot stands, also with parts that came before it', () => {
    const { feed, asked, run } = open();
    feed.part(part('8', ['9', '10', '11']));
    expect([feed.state, run()]).toEqual(['waiting', []]);
    feed.begin(at('10'));
    feed.part(part('11', ['12']));
    expect([feed.state, run(), asked]).toEqual(['live', ['11', '12'], []]);
  });

  it('hands on what was sent twice once', () => {
    const { feed, asked, run } = open();
    feed.begin(at('10'));
    for (const each of [part('10', ['11', '12']), part('10', ['11', '12']), part('11', ['12', '13'])])
      feed.part(each);
    expect([run(), asked]).toEqual([['11', '12', '13'], []]);
  });

  it.each([
    ['later', '20'],
    ['nobody knows where', null],
  ])('asks for what is missing where a part goes on %s, and takes up what came meanwhile', (_, after) => {
    const { feed, asked, run } = open();
    feed.begin(at('10'));
    feed.part(part('10', ['11']));
    feed.part(part(after, ['21']));
    feed.part(part('21', ['22']));
    expect([feed.state, run(), asked]).toEqual(['catching_up', ['11'], ['11']]);
    feed.page(page(['15', '17'], { more: true }));
    feed.page(page(['20', '21']));
    expect(asked).toEqual(['11', '17']);
    expect([feed.state, run()]).toEqual(['live', ['11', '15', '17', '20', '21', '22']]);
  });

  it('trusts a page for what lies before a part that came before it was asked for, and only then', () => {
    const { feed, asked, run } = open();
    feed.begin(at('10'));
    feed.part(part('20', ['21']));
    feed.part(part('30', ['31']));
    feed.page(page([]));
    expect([feed.state, run(), asked]).toEqual(['catching_up', ['21'], ['10', '21']]);
    feed.page(page(['29']));
    expect([feed.state, run()]).toEqual(['live', ['21', '29', '31']]);
  });

  it('asks after a reconnect, and forgets what was held over the old connection', () => {
    const { feed, asked, run } = open();
    feed.begin(at('10'));
    feed.part(part('20', ['21']));
    feed.lost();
    expect(feed.state).toBe('waiting');
    feed.begin(at('40'));
    feed.page(page(['12', '21']));
    expect([asked, run()]).toEqual([
      ['10', '10'],
      ['12', '21'],
    ]);
  });

  it('says where bookings are no longer to be had, be it that none are left', () => {
    const { feed, run } = open();
    feed.begin(at('10'));
    feed.lost();
    feed.begin(at('40'));
    feed.page(page([], { gap: true, next: '10' }));
    feed.part(part('20', ['21']));
    feed.refused();
    feed.part(part('30', ['31']));
    feed.page(page(['25'], { more: true, next: '5' }));
    expect(run()).toEqual(['!', '!', '21', '!', '25', '31']);
  });

  it('holds so many bookings and no more: pages are asked for until it is level', () => {
    const { feed, asked, run } = open(3);
    feed.begin(at('10'));
    feed.part(part(null, ['21', '22']));
    feed.part(part('22', ['23', '24']));
    feed.page(page(['11', '22']));
    expect([feed.state, asked]).toEqual(['catching_up', ['10', '22']]);
    feed.page(page(['23', '24']));
    expect([feed.state, run()]).toEqual(['live', ['11', '22', '23', '24']]);
  });

  it('goes on from where the log was restored to, also where that is before what was handed on', () => {
    const { feed, asked, run } = open();
    feed.begin(at('4990'));
    feed.part(part('4990', ['5000']));
    feed.lost();
    feed.begin(at('4000', 'h'));
    feed.part(part(null, ['4001'], 'h'));
    feed.page(page([], { gap: true, next: '4000' }));
    feed.page(page(['4001']));
    feed.part(part('4001', ['4002'], 'h'));
    expect([feed.state, run(), asked]).toEqual(['live', ['5000', '!', '4001', '4002'], ['5000', '4000']]);
    // Some of a page may be of the new log already, and more to come.
    feed.lost();
    feed.begin(at('3000', 'i'));
    feed.page(page(['2001', '2003'], { gap: true, more: true }));
    feed.page(page(['2005']));
    expect([feed.state, run().slice(4), asked]).toEqual([
      'live',
      ['!', '2001', '2003', '2005'],
      ['5000', '4000', '4002', '2003'],
    ]);
  });

  it('asks where a new generation stands before what was handed on, as the log may be another', () => {
    const { feed, asked, run } = open();
    feed.begin(at('5000'));
    feed.part(part('4000', ['4001'], 'h'));
    expect(asked).toEqual(['5000']);
    feed.page(page([], { gap: true, next: '4000' }));
    feed.part(part('4001', ['4002'], 'h'));
    feed.part(part('4001', ['4002'], 'h'));
    // A generation that goes on where the old one stood costs no question.
    feed.part(part('4002', ['4003'], 'i'));
    expect([run(), asked]).toEqual([['!', '4001', '4002', '4003'], ['5000']]);
    // While pages are read, it is asked for after them.
    feed.part(part('4004', ['4005'], 'i'));
    feed.part(part('3000', ['3001'], 'j'));
    feed.page(page(['4004', '4005']));
    expect([feed.state, asked.slice(1)]).toEqual(['catching_up', ['4003', '4005']]);
  });

  it('begins with what comes where no numbers are known, and cannot say what a cut then hid', () => {
    const { feed, asked, run } = open();
    feed.begin(undefined);
    feed.lost();
    feed.begin(undefined);
    feed.part(part(null, ['5']));
    feed.lost();
    feed.begin(undefined);
    feed.page(page(['6']));
    expect([run(), asked]).toEqual([['!', '5', '6'], ['5']]);
    const empty = open();
    empty.feed.begin(at(null));
    empty.feed.part(part(null, ['3']));
    expect(empty.asked).toEqual(['0']);
  });
});

type Step =
  | { book: number; step: number; fate: 'sent' | 'lost' | 'doubled' | 'unsaid' }
  | { deliver: number }
  | { read: number }
  | { answer: true }
  | { cut: true }
  | { keepOnly: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      book: fc.integer({ min: 0, max: 6 }),
      step: fc.integer({ min: 1, max: 3 }),
      fate: fc.constantFrom(
        'sent' as const,
        'sent' as const,
        'lost' as const,
        'doubled' as const,
        'unsaid' as const,
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ deliver: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ read: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.constant({ answer: true as const }) },
  { weight: 1, arbitrary: fc.constant({ cut: true as const }) },
  { weight: 1, arbitrary: fc.record({ keepOnly: fc.integer({ min: 0, max: 8 }) }) },
);

/** A gateway and a wire that keeps the order, loses and doubles parts, and is cut. */
const play = (all: readonly Step[], bookingsHeld: number) => {
  const log = createLog();
  let wire: (() => void)[] = [];
  let asked: string | undefined;
  let answered: MissedPage | undefined;
  const told: FeedPart[] = [];
  const ask = (after: string): void => {
    expect(asked).toBeUndefined();
    asked = after;
  };
  const feed = new Feed({ hand: (each) => told.push(each), ask }, { bookingsHeld });
  /** How many bookings the first snapshot counts. */
  let counted: number | undefined;
  const greet = (): void => {
    const { position } = log;
    const before = log.all.length;
    wire.push(() => {
      counted ??= before;
      feed.begin(at(position));
    });
  };
  greet();
  const send = (fate: 'sent' | 'lost' | 'doubled' | 'unsaid'): void => {
    const sent = log.part();
    const said = fate === 'unsaid' ? { ...sent, after: null } : sent;
    if (fate !== 'lost') wire.push(() => feed.part(said));
    if (fate === 'doubled') wire.push(() => feed.part(said));
  };
  // The page is read first and sent later: what is booked in between is not in it.
  const read = (pageSize: number): void => {
    if (asked === undefined) return;
    log.pageSize = pageSize;
    answered = log.page(asked);
    asked = undefined;
  };
  const answer = (): void => {
    const page = answered;
    if (page) wire.push(() => feed.page(page));
    answered = undefined;
  };
  const deliver = (count: number): void => {
    for (const arrive of wire.splice(0, count)) arrive();
  };
  for (const step of all) {
    if ('book' in step) {
      log.book(step.book, step.step);
      send(step.fate);
    } else if ('deliver' in step) deliver(step.deliver);
    else if ('read' in step) read(step.read);
    else if ('answer' in step) answer();
    else if ('keepOnly' in step) log.keepOnly(step.keepOnly);
    else {
      wire = [];
      asked = undefined;
      answered = undefined;
      feed.lost();
      greet();
    }
  }
  log.book(1);
  send('sent');
  const isUnderWay = () => wire.length > 0 || asked !== undefined || answered !== undefined;
  for (let left = 0; left < 1_000 && isUnderWay(); left++) {
    deliver(Number.POSITIVE_INFINITY);
    read(3);
    answer();
  }
  return { log, told, feed, counted: counted ?? 0 };
};

it('over cuts, lost and doubled parts, pages of any size: bookings are one run, or a gap is told', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (all, bookingsHeld) => {
      const { log, told, feed, counted } = play(all, bookingsHeld);
      expect(feed.state).toBe('live');
      const places = new Map(log.all.map(({ position }, at) => [position, at]));
      let last = counted - 1;
      let gap = false;
      if (!all.some((step) => 'keepOnly' in step)) expect(told.some((each) => each.gap)).toBe(false);
      for (const each of told) {
        gap ||= each.gap;
        for (const { position } of each.bookings) {
          const place = places.get(position)!;
          expect(place).toBeGreaterThan(last);
          if (!gap) expect(place).toBe(last + 1);
          last = place;
          gap = false;
        }
      }
      expect(last).toBe(log.all.length - 1);
    }),
    { numRuns: 3_000 },
  );
});
