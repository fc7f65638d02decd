import { comparePositions, type Position } from '@carat/event-store';
import type { Receipt } from '@carat/protocol';
import { richestOf, type Witness } from './witnesses.ts';

export type Tally = {
  /** Takes the receipt for a viewer's claim in; true where the claim booked something. */
  answered(viewer: string, receipt: Receipt): boolean;
  refused(code: string): void;
  /** Frames by what became of their claims: booked something, added nothing, refused. */
  readonly frames: Readonly<{ booked: number; repeated: number; refused: number }>;
  /** Refusals by their code. */
  readonly refusals: ReadonlyMap<string, number>;
  /** The highest position in any receipt. */
  readonly position: Position | undefined;
  /** What the last receipts of all combos add up to. */
  witness(): Witness;
};

/**
 * Adds receipts up. A receipt says how its combo stands, and of one combo one claim is under way at a time:
 * so a claim booked something exactly where its receipt stands higher than any before it, also where it was
 * sent twice because the answer to the first sending was lost.
 */
export const createTally = (): Tally => {
  const last = new Map<string, { viewer: string; receipt: Receipt }>();
  const frames = { booked: 0, repeated: 0, refused: 0 };
  const refusals = new Map<string, number>();
  let position: Position | undefined;

  return {
    answered: (viewer, receipt) => {
      const at = receipt.position as Position;
      if (position === undefined || comparePositions(at, position) > 0) position = at;
      const booked = receipt.count > (last.get(receipt.combo)?.receipt.count ?? 0);
      frames[booked ? 'booked' : 'repeated'] += 1;
      if (booked) last.set(receipt.combo, { viewer, receipt });
      return booked;
    },
    refused: (code) => {
      frames.refused += 1;
      refusals.set(code, (refusals.get(code) ?? 0) + 1);
    },
    frames,
    refusals,
    get position() {
      return position;
    },
    witness: () => witnessOf(last.values()),
  };
};

const witnessOf = (last: Iterable<{ viewer: string; receipt: Receipt }>): Witness => {
  let [gifts, coins, millidiamonds] = [0, 0, 0];
  const coinsOf = new Map<string, number>();
  for (const { viewer, receipt } of last) {
    gifts += receipt.count;
    coins += receipt.coins;
    millidiamonds += receipt.millidiamonds;
    coinsOf.set(viewer, (coinsOf.get(viewer) ?? 0) + receipt.coins);
  }
  return { viewers: coinsOf.size, gifts, coins, millidiamonds, top10: richestOf(coinsOf) };
};
