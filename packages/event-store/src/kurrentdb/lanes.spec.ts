import { expect, it } from 'vitest';
import { Lanes, type Traveller } from './lanes.ts';

const size = { events: 100, bytes: 1_000 };

const traveller = (streams: readonly string[], { events = 1, bytes = 10, since = 0 } = {}): Traveller => ({
  append: { writes: streams.map((stream) => ({ stream, after: -1, events: [] })), events, bytes },
  since,
  resolve: () => {},
  reject: () => {},
  ahead: 0,
  isDoubtful: false,
  goesAlone: false,
  turnedBack: 0,
});

const enter = (lanes: Lanes, ...travellers: Traveller[]): void => {
  for (const each of travellers) lanes.enter(each);
};

it('lets appends that share no stream go together, as many as fit', () => {
  const lanes = new Lanes();
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => traveller([name], { bytes: 400 })) as [
    Traveller,
    Traveller,
    Traveller,
    Traveller,
  ];
  enter(lanes, a, b, c, d);
  expect(lanes.waitingBytes).toBe(1_600);
  expect(lanes.take(size)).toEqual([a, b]);
  expect(lanes.take({ events: 1, bytes: 1_000 })).toEqual([c]);
  expect(lanes.take(size)).toEqual([d]);
  expect([lanes.waiting, lanes.waitingBytes, lanes.hasReady]).toEqual([0, 0, false]);
});

it('takes one append in any case', () => {
  const lanes = new Lanes();
  const large = traveller(['a'], { events: 500, bytes: 5_000 });
  enter(lanes, large, traveller(['b']));
  expect(lanes.take(size)).toEqual([large]);
});

it('keeps those of one stream in their order, whatever the case of its name', () => {
  const lanes = new Lanes();
  const [first, second, third] = [traveller(['a-x']), traveller(['A-X', 'b']), traveller(['b'])] as const;
  const other = traveller(['c']);
  enter(lanes, first, second, third, other);
  expect(lanes.take(size)).toEqual([first, other]);
  expect(lanes.hasReady).toBe(false);
  lanes.leave(first);
  expect(lanes.take(size)).toEqual([second]);
  lanes.leave(second);
  expect(lanes.take(size)).toEqual([third]);
  lanes.leave(third);
  expect(lanes.isEmpty).toBe(false);
  lanes.leave(other);
  expect(lanes.isEmpty).toBe(true);
});

it('sends who goes alone without company, behind the others', () => {
  const lanes = new Lanes();
  const [a, b, c] = [traveller(['a']), traveller(['b']), traveller(['c'])] as const;
  enter(lanes, a, b, c);
  expect(lanes.take(size)).toEqual([a, b, c]);
  b.goesAlone = true;
  lanes.turnBack([a, b, c]);
  expect([lanes.take(size), lanes.take(size)]).toEqual([[a, c], [b]]);
});

it('lets go of who has waited too long, and of nobody else', () => {
  const lanes = new Lanes();
  const first = traveller(['a'], { since: 1 });
  const late = [
    traveller(['a', 'b'], { since: 2 }),
    traveller(['b'], { since: 2 }),
    traveller(['c'], { since: 2 }),
  ];
  const young = traveller(['b', 'c'], { since: 9 });
  enter(lanes, first);
  expect(lanes.take(size)).toEqual([first]);
  enter(lanes, ...late, young);
  expect(lanes.expire(5)).toEqual(late);
  expect(lanes.take(size)).toEqual([young]);
  expect(lanes.waitingBytes).toBe(0);
  lanes.leave(first);
  lanes.leave(young);
  expect(lanes.isEmpty).toBe(true);
});
