import type { EventStore } from '@carat/event-store';
import { pastEarnings, pastLive, pastViewer } from '@carat/history';
import type { http } from '@carat/protocol';
import type { OpsConfig } from '../config.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { findAskedBoard, foldBoard, isOfAllTime, titleOf, windowOfBoard } from './board.ts';
import { type LookingBack, lookBack } from './look-back.ts';
import { showBoard, showEarnings, showLive, showPlace, showViewer } from './show.ts';

export const whats = ['live', 'creator', 'viewer', 'board'] as const;
export type What = (typeof whats)[number];

/** `window`, `on` and `limit` are of a board; an instant is in ms since 1970. */
export type AtFlags = {
  readonly window?: http.BoardWindow;
  readonly on?: number;
  readonly limit: number;
  readonly json?: boolean;
};
type Asked = { readonly moment: http.Moment; readonly what: What; readonly id: string };

type Told = { readonly numbers: object; readonly lines: string[] };
type Tell = (back: LookingBack, id: string, flags: AtFlags) => Promise<Told>;

/** Tells numbers as they were at a moment. @throws CommandError, EventStoreError, HistoryError */
export const tellAt = async (
  config: OpsConfig,
  { moment, what, id }: Asked,
  flags: AtFlags,
  context: CommandContext,
): Promise<void> => {
  const wantsRedis = async (store: EventStore): Promise<boolean> =>
    what === 'board' ? isOfAllTime(await findAskedBoard(store, id, flags.window)) : what === 'creator';
  await lookBack(config, { moment, wantsRedis }, context, async (back) => {
    if (back.redisFault) context.say(`${back.redisFault} The log is folded from its start.`);
    const { numbers, lines } = await tell[what](back, id, flags);
    const { position = null, at } = back.place;
    const { isBeyondEnd } = back;
    const told = { what, id, position, at, isBeyondEnd, ...numbers };
    context.print(flags.json ? JSON.stringify(told) : lines.join('\n'));
  });
  context.done(exitCodes.agree);
};

const tell: Readonly<Record<What, Tell>> = {
  live: async ({ sources, place }, live, { limit }) => {
    const numbers = await pastLive(sources, { live, place: place.position, limit });
    if (!numbers) throw new CommandError(`The live ${live} had not begun ${showPlace(place)}.`);
    return { numbers, lines: showLive(numbers, place) };
  },
  creator: async ({ sources, place }, creator) => {
    const numbers = await pastEarnings(sources, { creator, place: place.position });
    return { numbers, lines: showEarnings(numbers, place) };
  },
  viewer: async ({ sources, place }, viewer) => {
    // The place of the wallet's own last event says less than as of when it is told.
    const { position: lastEvent, ...numbers } = await pastViewer(sources, { viewer, place: place.position });
    return {
      numbers: { ...numbers, lastEvent },
      lines: showViewer({ ...numbers, position: lastEvent }, place),
    };
  },
  board: async ({ sources, place }, id, { window, on = place.at ?? 0, limit }) => {
    const board = await findAskedBoard(sources.store, id, window);
    const numbers = await foldBoard(sources, board, { on, place: place.position, limit });
    return {
      numbers: { window: windowOfBoard(board), on, ...numbers },
      lines: showBoard(numbers, titleOf(board), place),
    };
  },
};
