import { boardOfUnit, type Unit } from '@carat/protocol';
import { type Difference, decodeTotal, liveFields, ranksPrefix } from '@carat/read-models';

/** What the amounts of a kind of table are, in the order in which they are kept. */
const amounts = {
  earnings: ['millidiamonds', 'coins', 'gifts'],
  live: ['coins', 'gifts', 'millidiamonds'],
  gift: ['gifts', 'coins'],
  viewers: ['coins'],
  creators: ['millidiamonds'],
  score: ['score'],
} as const;

type Kind = keyof typeof amounts;

/** Whose number it is, in words, and what its amounts are. */
const subjectOf = (
  unit: Unit,
  table: string,
  field: string,
): { readonly who: string; readonly kind: Kind } | undefined => {
  const [name = '', ...rest] = table.split(':');
  const of = rest.join(':');
  if (name === 'earnings') return { who: `creator ${field}`, kind: 'earnings' };
  if (name === 'live-totals' && field === liveFields.all) return { who: `live ${of}`, kind: 'live' };
  if (name === 'live-totals' && field.startsWith(liveFields.giftPrefix)) {
    return { who: `live ${of}, gift ${field.slice(liveFields.giftPrefix.length)}`, kind: 'gift' };
  }
  if (name === 'live-board') return { who: `viewer ${field} in live ${of}`, kind: 'viewers' };
  if (name === 'creator-board')
    return { who: `creator ${field}, board of ${spoken(rest)}`, kind: 'creators' };
  if (name === 'gifter-board') return { who: `viewer ${field}, board of ${spoken(rest)}`, kind: 'viewers' };
  if (name === 'ranking')
    return { who: `${field}, board ${boardOfUnit(unit)} of ${spoken(rest)}`, kind: 'score' };
  return undefined;
};

const spoken = ([window = '', from = '']: readonly string[]): string =>
  window === 'all' ? 'all time' : `the ${window} from ${instantOf(from)}`;

const instantOf = (text: string): string =>
  /^\d+$/.test(text) ? new Date(Number(text)).toISOString().slice(0, 16) : text;

const numberOf = (amount: number): string => amount.toLocaleString('en');

const changesOf = (kind: Kind, live: string | null, rebuilt: string | null): string => {
  const [before, after] = [live, rebuilt].map((total) => (total === null ? [] : decodeTotal(total).amounts));
  const changed = amounts[kind].flatMap((unit, place) => {
    const [from, to] = [before?.[place] ?? 0, after?.[place] ?? 0];
    if (from === to) return [];
    const by = to - from;
    return [`${unit} ${numberOf(from)} → ${numberOf(to)} (${by > 0 ? '+' : ''}${numberOf(by)})`];
  });
  return changed.length > 0 ? changed.join(', ') : 'the place of its last booking';
};

/** One difference in a line, for whoever runs the system. */
export const describeDifference = ({ unit, table, field, live, rebuilt }: Difference): string => {
  if (table.startsWith(ranksPrefix)) {
    const who = subjectOf(unit, table.slice(ranksPrefix.length), field)?.who ?? `${field} of ${table}`;
    return `${who}: place ${live ?? 'none'} → ${rebuilt ?? 'none'}`;
  }
  if (table.startsWith('feed:')) {
    const what = live === null ? 'is missing' : rebuilt === null ? 'is too much' : 'differs';
    return `live ${table.slice('feed:'.length)}: the booking at position ${field} ${what}`;
  }
  const subject = subjectOf(unit, table, field);
  if (subject === undefined) return `${table} ${field}: ${live ?? 'nothing'} → ${rebuilt ?? 'nothing'}`;
  return `${subject.who}: ${changesOf(subject.kind, live, rebuilt)}`;
};
