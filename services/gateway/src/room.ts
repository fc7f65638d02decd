import type { KnownLive } from '@carat/domain';
import type { AsOf, LiveFeed, LiveSnapshot, LiveTick, LiveTotals, ShownBoard } from '@carat/protocol';
import { encoded } from './encoded.ts';
import { isBefore, type KeptBookings, type Part } from './kept-bookings.ts';
import { limits } from './limits.ts';

export const sideNames = ['creator', 'viewers'] as const;
export type SideName = (typeof sideNames)[number];

/** What those on one side of a live were sent last. */
export type Side = {
  /** The number of the next booking. */
  next: number;
  /** Since when something is to be shown that was not yet. */
  dirtySince: number | undefined;
  changedAt: number;
  emittedAt: number;
  /** They are to hear that places known so far mean nothing any more. */
  setBack: boolean;
};

/** A live that is watched here. */
export type Room = {
  known: KnownLive;
  watchers: number;
  asOf: AsOf | undefined;
  totals: LiveTotals | undefined;
  board: ShownBoard | undefined;
  boardDirty: boolean;
  readonly kept: KeptBookings;
  /** Since messages were missed, and until what they said was read: the bookings that came after them. */
  late: KeptBookings | undefined;
  /** While it is read for the first time. */
  opening: Promise<void> | undefined;
  readonly sides: Readonly<Record<SideName, Side>>;
};

const emptySide = (): Side => ({
  next: 0,
  dirtySince: undefined,
  changedAt: 0,
  emittedAt: 0,
  setBack: false,
});

export const emptyRoom = (known: KnownLive, kept: KeptBookings): Room => ({
  known,
  watchers: 0,
  asOf: undefined,
  totals: undefined,
  board: undefined,
  boardDirty: false,
  kept,
  late: undefined,
  opening: undefined,
  sides: { creator: emptySide(), viewers: emptySide() },
});

export const roomName = (live: string, side: SideName): string => `${side}:${live}`;

/** For a viewer's eyes: what the creator earns is not among it. */
export const forViewers = ({ coins, gifts, senders }: LiveTotals): LiveTotals => ({ coins, gifts, senders });

/** Something is to be shown on the next ticks. */
export const touch = ({ sides }: Room, now: number): void => {
  for (const name of sideNames) sides[name].dirtySince ??= now;
};

const isOlder = (asOf: AsOf, than: AsOf | undefined): boolean =>
  than?.generation === asOf.generation && isBefore(asOf.position, than.position);

/** The room is of another log, or of one that was set back: places known so far mean nothing any more. */
export const setBack = (room: Room): void => {
  room.kept.clear();
  room.asOf = undefined;
  for (const name of sideNames) room.sides[name].setBack = true;
};

/**
 * Takes up totals, unless newer ones are known. Those of a new generation that has not come as far as the
 * bookings kept tell that the log was set back.
 */
export const showTotals = (room: Room, asOf: AsOf, totals: LiveTotals, now: number): void => {
  if (isOlder(asOf, room.asOf)) return;
  const isOfAnother = room.asOf !== undefined && room.asOf.generation !== asOf.generation;
  if (isOfAnother && isBefore(asOf.position, room.kept.upTo)) setBack(room);
  room.asOf = asOf;
  room.totals = totals;
  room.boardDirty = true;
  touch(room, now);
};

/** Takes up a board, unless a newer one is known. */
export const showBoard = (room: Room, board: ShownBoard, now: number): void => {
  if (isOlder(board.asOf, room.board?.asOf)) return;
  room.board = board;
  touch(room, now);
};

/**
 * Whether a side's tick has anything to say. Values may be lost on the way to a client that is busy reading:
 * the last ones are said again for a while.
 */
export const takeDue = (side: Side, now: number): boolean => {
  if (side.dirtySince !== undefined) {
    side.dirtySince = undefined;
    side.changedAt = now;
    return true;
  }
  const repeating = now - side.changedAt < limits.repeatValuesForMs;
  return repeating && now - side.emittedAt >= limits.repeatValuesEveryMs;
};

/** What a tick shows; undefined while the numbers are unknown. */
export const tickOf = ({ known, asOf, totals, board }: Room, side: SideName): LiveTick | undefined => {
  if (asOf === undefined || totals === undefined || board === undefined) return undefined;
  const shown = side === 'creator' ? totals : forViewers(totals);
  return { live: known.live, asOf, totals: shown, board, ended: known.status === 'ended', goal: known.goal };
};

export const snapshotOf = ({ known, asOf, totals, board }: Room): LiveSnapshot => {
  const { live, creator, title, goal } = known;
  const numbers = asOf && totals && board ? { asOf, totals, board } : null;
  return { live, creator, title, ended: known.status === 'ended', goal, numbers };
};

/** A part of the feed; each of its bookings was encoded when it came. */
export const feedOf = ({ known, asOf }: Room, { after, bookings, upTo }: Omit<Part, 'next'>): LiveFeed => {
  // Not what the numbers are as of: they may be ahead of the bookings.
  const place: AsOf = { generation: asOf!.generation, position: upTo };
  const head = JSON.stringify({ live: known.live, asOf: place, after }).slice(0, -1);
  return encoded(`${head},"bookings":[${bookings.join(',')}]}`);
};
