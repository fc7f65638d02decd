import type { Differences } from '../../outcome.ts';
import { type Fact, nameOf } from '../stored.ts';

type Half = Pick<Fact<'GrantMade'>['data'], 'viewer' | 'coins' | 'at'> & { readonly name: string };

const describe = ({ viewer, coins, at }: Half): string => `${coins} coins for ${viewer} at ${at}`;

export type Grants = {
  made(fact: Fact<'GrantMade'>): void;
  granted(fact: Fact<'CoinsGranted'>): void;
  /** Tells of grants of which only one half is in the log. */
  finish(): void;
};

/**
 * Every grant is in the log twice, written in one step: in a stream of its own, once and for ever, and in its
 * wallet.
 */
export const createGrants = (differences: Differences): Grants => {
  const madeOnly = new Map<string, Half>();
  const grantedOnly = new Map<string, Half>();

  const match = (half: Half, grant: string, mine: Map<string, Half>, others: Map<string, Half>): void => {
    const other = others.get(grant);
    if (other === undefined) {
      if (mine.has(grant)) differences.add(`${half.name}: the grant ${grant} is there twice.`);
      mine.set(grant, half);
      return;
    }
    others.delete(grant);
    if (describe(other) !== describe(half)) {
      differences.add(`${half.name}: it says ${describe(half)}, but ${other.name} says ${describe(other)}.`);
    }
  };
  const halfOf = ({ data, stored }: Fact<'GrantMade' | 'CoinsGranted'>): Half => ({
    viewer: data.viewer,
    coins: data.coins,
    at: data.at,
    name: nameOf(stored),
  });

  return {
    made: (fact) => {
      const { data, stored } = fact;
      if (stored.stream !== `grant-${data.grant}`) {
        differences.add(`${nameOf(stored)}: it names the grant ${data.grant}.`);
      }
      match(halfOf(fact), data.grant, madeOnly, grantedOnly);
    },
    granted: (fact) => match(halfOf(fact), fact.data.grant, grantedOnly, madeOnly),
    finish: () => {
      for (const { name } of madeOnly.values()) differences.add(`${name}: no wallet was granted its coins.`);
      for (const { name } of grantedOnly.values()) differences.add(`${name}: the grant was never made.`);
    },
  };
};
