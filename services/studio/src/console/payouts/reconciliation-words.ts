import type { redemptions } from '@carat/protocol';
import { formatCount } from '../../shared/format.ts';
import type { Stand } from '../stands.ts';

type Reconciliation = redemptions.PayoutsState['reconciliations'][number];

/** The newest comparison of each provider, in the order of their names. */
export const lastOfEach = (all: readonly Reconciliation[]): Reconciliation[] => {
  const last = new Map<string, Reconciliation>();
  for (const each of all) {
    const known = last.get(each.provider);
    if (known === undefined || each.at >= known.at) last.set(each.provider, each);
  }
  return [...last.values()].sort((one, two) => (one.provider < two.provider ? -1 : 1));
};

/** Whether a provider's list agreed with the log. */
export const reconciliationStand = ({ differences, unnamed }: Reconciliation): Stand => {
  const count = differences.length + unnamed;
  return count === 0
    ? { tone: 'good', words: 'Agrees' }
    : { tone: 'bad', words: formatCount(count, 'difference') };
};
