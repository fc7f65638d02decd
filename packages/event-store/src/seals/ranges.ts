import type { StoredEvent } from '../port.ts';
import { type Announced, createAnnounced } from './announced.ts';
import { canonicalEvent } from './canonical.ts';
import type { SealFault, SealFindings } from './findings.ts';
import { createMerkleTree } from './merkle.ts';
import { type Seal, sealsStream } from './seal.ts';

/** Seals that should have ended within a range, but whose last events were not in their places. */
type Lost = {
  readonly first: number;
  readonly last: number;
  /** The last of them that can be read. */
  readonly readable: (Announced & { readonly seal: Seal }) | undefined;
};

/** The events behind the last one at which a seal ended. */
type Range = {
  readonly tree: ReturnType<typeof createMerkleTree>;
  from: StoredEvent | undefined;
  to: StoredEvent | undefined;
  damaged: boolean;
  lost: Lost | undefined;
};

const emptyRange = (): Range => ({
  tree: createMerkleTree(),
  from: undefined,
  to: undefined,
  damaged: false,
  lost: undefined,
});

const isReadable = (announced: Announced): announced is Announced & { readonly seal: Seal } =>
  announced.seal !== undefined;

const faultOf = (sealed: number, found: number): SealFault => {
  if (found === sealed) return 'changed';
  return found < sealed ? 'removed' : 'inserted';
};

/**
 * Holds the events of a log against the ranges that seals cover. Where the last event of a seal is not in its
 * place, its range is judged together with the next one's.
 */
export const createRangeCheck = ({ add }: Pick<SealFindings, 'add'>) => {
  const announced = createAnnounced();
  let range = emptyRange();
  let seen = 0;
  let sealed = 0;
  /** Events of the log up to the last seal passed, by its own account. */
  let base = 0;

  const judge = (fault: SealFault, number: number, counted: number, found = range.tree.size): void => {
    const { from, to, lost } = range;
    const positions = { from: from?.position, to: to?.position };
    add({
      fault,
      seals: [lost?.first ?? number, number],
      range: { ...positions, sealed: counted - base, found },
    });
  };

  /** Gives up the seals before a number. */
  const lose = (before: number): void => {
    for (const lost of announced.takeBefore(before)) {
      const { first = lost.number, readable } = range.lost ?? {};
      range.lost = { first, last: lost.number, readable: isReadable(lost) ? lost : readable };
    }
  };

  const pass = (number: number, seal: Seal): void => {
    lose(number);
    announced.takeBefore(number + 1);
    const { tree, damaged, lost } = range;
    const expected = seal.events - base;
    const fits = lost === undefined && tree.root() === seal.root;
    if (!fits) judge(damaged ? 'damaged' : faultOf(expected, tree.size), number, seal.events);
    else if (tree.size !== expected) judge('wrong_events', number, seal.events);
    // What fits counts as it is, so that a wrong count is told once.
    base = fits ? base + tree.size : seal.events;
    sealed = seen;
    range = emptyRange();
  };

  return {
    /** Seals announced whose last events have not been seen. */
    get ahead() {
      return announced.size;
    },
    announce: announced.add,
    see: (event: StoredEvent): void => {
      seen += 1;
      range.tree.add(canonicalEvent(event));
      range.from ??= event;
      range.to = event;
      const end = announced.endingWith(event, seen);
      if (end?.seal) pass(end.number, end.seal);
      // All that a seal covers comes before the seal itself.
      if (event.stream === sealsStream) lose(event.revision + 2);
    },
    passDamage: (): void => {
      range.damaged = true;
    },
    /** Judges the last seals, where their last events are not in their places. */
    finish: (): { readonly sealed: number; readonly unsealed: number } => {
      lose(Number.POSITIVE_INFINITY);
      const sums = { sealed, unsealed: seen - sealed };
      const { readable, last } = range.lost ?? {};
      if (readable === undefined || last === undefined) return sums;
      const { events } = readable.seal;
      const found = (readable.shifted ?? 0) - sealed;
      if (range.damaged) judge('damaged', last, events);
      else if (found > 0) judge(faultOf(events - base, found), last, events, found);
      else judge('last_event_missing', last, events);
      return sums;
    },
  };
};
