import type { EventStore, Position } from '@carat/event-store';
import type { http } from '@carat/protocol';
import { type Ledger, plainUnits } from '@carat/read-models';
import { limits } from '../limits.ts';
import type { FoldedLog, LogFold } from './log-fold.ts';

/** What each unit of the generation that is read has booked; undefined where there is none. */
export type ReadLedgers = () => Promise<readonly Ledger[] | undefined>;

type Shown = Omit<http.Conservation, 'at'>;

/**
 * The law of conservation as the running system keeps it. The ledgers are read before the log, so that the
 * fold of the log can stand wherever they do.
 */
export const proveConservation = async (
  store: EventStore,
  fold: LogFold,
  readLedgers: ReadLedgers,
): Promise<Shown> => {
  const found = await readLedgers().catch(() => undefined);
  const units = found?.map(({ unit }) => unit) ?? plainUnits;
  const folded = await fold.look(units, limits.proofWaitMs);
  const head = await store.head();
  const log = showLog(folded, head?.position ?? null);
  const shown = (found ?? []).map((ledger) => showUnit(ledger, folded));
  const why = [
    ...(folded?.fault ? [folded.fault] : []),
    ...(log.holds === false ? [describeLog(log)] : []),
    ...(log.holds === null && !folded?.fault
      ? [`The log is being folded: ${Math.floor(log.share * 100)} %.`]
      : []),
    ...(found === undefined ? ['The numbers cannot be read, or there are none yet.'] : []),
    ...shown.flatMap((unit) => describeUnit(unit, log.holds !== null)),
  ];
  const all = [log.holds, ...shown.map(({ holds }) => holds)];
  const isKnown = found !== undefined && !all.includes(null);
  return { holds: all.includes(false) ? false : isKnown ? true : null, why, log, units: shown };
};

const showLog = (folded: FoldedLog | undefined, head: string | null): Shown['log'] => {
  const { wallets, granted, held, spent } = folded?.wallets ?? { wallets: 0, granted: 0, held: 0, spent: 0 };
  const booked = folded?.booked ?? { coins: 0, gifts: 0, millidiamonds: 0 };
  const position = folded?.position ?? null;
  const isExact = [granted, held, spent, ...Object.values(booked)].every(Number.isSafeInteger);
  const isKept = granted === held + spent && spent === booked.coins;
  const share = folded?.atHead ? 1 : head === null ? 0 : Math.min(1, Number(position ?? 0) / Number(head));
  const isDone = folded?.atHead === true && folded.fault === null;
  const holds = isExact && !isKept ? false : isExact && isDone ? true : null;
  return { position, head, share, events: folded?.events ?? 0, wallets, granted, held, spent, booked, holds };
};

const showUnit = ({ unit, position, booked: ledger }: Ledger, folded: FoldedLog | undefined) => {
  const booked = folded?.bookedBy(unit, position as Position | null) ?? null;
  const shown = { unit, position, ledger: ledger ?? null, booked };
  if (ledger === undefined || booked === null) return { ...shown, holds: null };
  const agree = (['coins', 'gifts', 'millidiamonds'] as const).every((sum) => ledger[sum] === booked[sum]);
  return { ...shown, holds: agree };
};

const describeLog = ({ granted, held, spent, booked }: Shown['log']): string =>
  `${granted} coins were granted, ${held} are held, ${spent} left the wallets ` +
  `and ${booked.coins} were booked.`;

const describeUnit = (
  { unit, ledger, booked, holds }: Shown['units'][number],
  isFolded: boolean,
): string[] => {
  if (ledger === null) return [`The numbers of ${unit} are being rebuilt.`];
  if (booked === null)
    return isFolded ? [`${unit} stands too far behind to be compared: run carat verify.`] : [];
  if (holds) return [];
  const text = ({ coins, gifts, millidiamonds }: http.BookedSums): string =>
    `${coins} coins, ${gifts} gifts, ${millidiamonds} millidiamonds`;
  return [`${unit} has booked ${text(ledger)}, where the log has ${text(booked)}.`];
};
