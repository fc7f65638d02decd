import { type http, kindOf, type Unit } from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import type { Generation } from './generations.ts';
import { askUnit, type FieldsAnswer } from './questions.ts';
import { ledgerField, tables } from './tables.ts';
import { decodeTotal } from './totals.ts';

/** What a unit has booked in all, as of where it stands. */
export type Ledger = {
  readonly unit: Unit;
  readonly position: string | null;
  /** Undefined where the unit is lost, torn or still being filled. */
  readonly booked: http.BookedSums | undefined;
};

/** The ledgers of a generation's units of creators and boards; those that operators define have none. */
export const readLedgers = async (redis: RedisClient, { generation, units }: Generation): Promise<Ledger[]> =>
  Promise.all(
    units
      .filter((unit) => kindOf(unit) !== 'board')
      .map(async (unit): Promise<Ledger> => {
        const questions = askUnit(generation, unit);
        questions.fields(tables.ledger, [ledgerField]);
        const { checkpoint, answers } = await questions.read(redis);
        const position = checkpoint?.position ?? null;
        const isWhole = checkpoint?.complete === true && !checkpoint.torn;
        return { unit, position, booked: isWhole ? parseBooked(answers[0] as FieldsAnswer) : undefined };
      }),
  );

const parseBooked = ([, [value]]: FieldsAnswer): http.BookedSums => {
  const [coins = 0, gifts = 0, millidiamonds = 0] = value == null ? [] : decodeTotal(value).amounts;
  return { coins, gifts, millidiamonds };
};
