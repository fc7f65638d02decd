import type { Position } from '../port.ts';

/** What is wrong with a seal, or with what it covers. */
export type SealFault =
  /** As many events as were sealed, but not the same, or not in the same order. */
  | 'changed'
  | 'removed'
  | 'inserted'
  /** The last event sealed is not in its place, and no later seal says more of what was done. */
  | 'last_event_missing'
  /** The log is damaged within the range, so it cannot be held against the seal. */
  | 'damaged'
  /** What is covered is as it was, but the seal counts the events of the log otherwise. */
  | 'wrong_events'
  /** It cannot be read. */
  | 'unreadable'
  | 'wrong_number'
  /** It does not name the seal before it as that one is now. */
  | 'broken_chain'
  /** It was made before the seal before it. */
  | 'wrong_time'
  | 'bad_signature'
  | 'unknown_key'
  /** Without a signature, after one that was signed with a known key. */
  | 'not_signed'
  /** No seal of the log is signed with a known key. */
  | 'never_signed';

/** Events of the log, by their first and last position, and how many were sealed and are there. */
export type SealedRange = {
  readonly from: Position | undefined;
  readonly to: Position | undefined;
  readonly sealed: number;
  readonly found: number;
};

export type SealFinding = {
  readonly fault: SealFault;
  /** The first and the last seal that it is about, by their places in the stream of seals, from 1. */
  readonly seals: readonly [first: number, last: number];
  readonly range?: SealedRange;
  /** All of it as one sentence. */
  readonly message: string;
};

type Draft = Omit<SealFinding, 'message'>;

/** Told once for seals that follow each other: there may be very many. */
const merging: ReadonlySet<SealFault> = new Set([
  'changed',
  'damaged',
  'unreadable',
  'bad_signature',
  'unknown_key',
  'not_signed',
]);

export type SealFindings = {
  add(draft: Draft): void;
  /** Tells what was held back. */
  finish(): void;
};

/** Collects what is found, and tells it with neighbours put together. */
export const createSealFindings = (tell: (finding: SealFinding) => void): SealFindings => {
  const held = new Map<SealFault, Draft>();
  const release = (draft: Draft): void => tell({ ...draft, message: describe(draft) });

  return {
    add: (draft) => {
      if (!merging.has(draft.fault)) return release(draft);
      const before = held.get(draft.fault);
      const follows = before !== undefined && before.seals[1] + 1 === draft.seals[0];
      if (before && !follows) release(before);
      held.set(draft.fault, before && follows ? merge(before, draft) : draft);
    },
    finish: () => {
      for (const draft of held.values()) release(draft);
      held.clear();
    },
  };
};

const merge = (before: Draft, draft: Draft): Draft => ({
  fault: draft.fault,
  seals: [before.seals[0], draft.seals[1]],
  ...(before.range &&
    draft.range && {
      range: {
        from: before.range.from ?? draft.range.from,
        to: draft.range.to ?? before.range.to,
        sealed: before.range.sealed + draft.range.sealed,
        found: before.range.found + draft.range.found,
      },
    }),
});

const counted = (count: number): string => `${count} event${count === 1 ? '' : 's'}`;

const rangeOf = ({ range }: Draft): SealedRange =>
  range ?? { from: undefined, to: undefined, sealed: 0, found: 0 };

const describe = (draft: Draft): string => {
  const [first, last] = draft.seals;
  const { from, to, sealed, found } = rangeOf(draft);
  const one = first === last;
  const is = one ? 'is' : 'are';
  const name = one ? `Seal ${first}` : `Seals ${first} to ${last}`;
  const where = from === undefined ? 'of which nothing is there' : `positions ${from} to ${to}`;
  const lacks = `${name} ${one ? 'does' : 'do'} not fit what the log holds, ${where}`;
  const was = `${lacks}: ${counted(sealed)} ${sealed === 1 ? 'was' : 'were'} sealed`;
  switch (draft.fault) {
    case 'changed':
      return `${was} and as many are there, but something was changed.`;
    case 'removed':
      return `${was}, ${found} found there: ${sealed - found} removed.`;
    case 'inserted':
      return `${was}, ${found} found there: ${found - sealed} inserted.`;
    case 'last_event_missing':
      return `${was}; the last of them is not in its place: it was changed or removed.`;
    case 'damaged':
      return `${name} cannot be held against the log, ${where}: it is damaged there.`;
    case 'wrong_events':
      return `${name} counts ${counted(sealed)}, but it covers ${found}.`;
    case 'unreadable':
      return `${name} cannot be read: what is there is damaged, or no seal.`;
    case 'wrong_number':
      return `${name} does not bear the number that follows on the one before.`;
    case 'broken_chain':
      return first === 1
        ? `${name} says that there was a seal before it.`
        : `${name} was not made after seal ${first - 1} as that one is now.`;
    case 'wrong_time':
      return `${name} says that it was made before seal ${first - 1}.`;
    case 'bad_signature':
      return `${name} ${is} not what was signed with the key named there.`;
    case 'unknown_key':
      return `${name} ${is} signed with a key that is not among those given.`;
    case 'not_signed':
      return `${name} ${is} not signed, though one before was, with a key given.`;
    case 'never_signed':
      return 'No seal of the log is signed with a key given.';
  }
};
