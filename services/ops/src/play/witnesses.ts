import type { Totals, ViewerCoins } from '@carat/simulator';
import { many } from '../wording.ts';

/** What one of those who saw a live says of it. */
export type Witness = {
  readonly viewers: number;
  readonly gifts: number;
  readonly coins: number;
  readonly millidiamonds: number;
  /** Richest first; tied viewers in any order. */
  readonly top10: readonly ViewerCoins[];
};

export type NamedWitness = Witness & { readonly name: string };

/** Whom a top 10 names. */
export const topViewers = 10;

/** The viewers who gave most. */
export const richestOf = (coinsOf: ReadonlyMap<string, number>): ViewerCoins[] =>
  [...coinsOf]
    .map(([viewer, coins]) => ({ viewer, coins }))
    .sort((a, b) => b.coins - a.coins || (a.viewer < b.viewer ? -1 : 1))
    .slice(0, topViewers);

/**
 * Where the witnesses differ from what the log implies, a sentence each. The log knows no rate, so diamonds
 * are compared with those of the first witness. `coinsOf`: what each viewer gave by the log, for whom a top
 * 10 names.
 */
export const compareWitnesses = (
  implied: Totals,
  coinsOf: ReadonlyMap<string, number>,
  witnesses: readonly NamedWitness[],
): string[] => {
  const [first] = witnesses;
  return witnesses.flatMap((witness) => [
    ...(['viewers', 'gifts', 'coins'] as const).flatMap((number) =>
      witness[number] === implied[number]
        ? []
        : [`${witness.name} says ${witness[number]} ${number}, the log implies ${implied[number]}.`],
    ),
    ...(first && witness.millidiamonds !== first.millidiamonds
      ? [
          `${witness.name} says ${witness.millidiamonds} millidiamonds, ` +
            `${first.name} says ${first.millidiamonds} millidiamonds.`,
        ]
      : []),
    ...compareTop(witness, implied.top10, coinsOf),
  ]);
};

/**
 * Ranks are compared by their coins, since ties may stand in any order, and whom they name by what they gave.
 */
const compareTop = (
  { name, top10 }: NamedWitness,
  implied: readonly ViewerCoins[],
  coinsOf: ReadonlyMap<string, number>,
): string[] => {
  const differences: string[] = [];
  const named = new Set<string>();
  for (let rank = 0; rank < Math.max(top10.length, implied.length); rank++) {
    const [said, meant] = [top10[rank], implied[rank]];
    const at = `at rank ${rank + 1}`;
    if (said?.coins !== meant?.coins) {
      const says = said ? many(said.coins, 'coin') : 'nobody';
      differences.push(`${name} has ${says} ${at}, the log implies ${meant?.coins ?? 'nobody'}.`);
    } else if (said && named.has(said.viewer)) {
      differences.push(`${name} has ${said.viewer} ${at} once more.`);
    } else if (said && coinsOf.get(said.viewer) !== said.coins) {
      const gave = coinsOf.get(said.viewer) ?? 0;
      differences.push(`${name} has ${said.viewer} ${at}, who gave ${many(gave, 'coin')} by the log.`);
    }
    if (said) named.add(said.viewer);
  }
  return differences;
};
