import { comparePositions, type Position } from '@carat/event-store';

/**
 * Keeps runs of one thread abreast that fill the same generation: who is ahead waits for the others. Each
 * page of the log is then read once, and forgotten while it is young: read by each unit for itself, or kept
 * until all have come by, it made filling a third slower.
 */
export const createAbreast = () => {
  const stands = new Map<number, { readonly generation: string; readonly place: Position | undefined }>();
  let waiting: (() => void)[] = [];

  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const goOn of woken) goOn();
  };
  const isAhead = (run: number): boolean => {
    const { generation, place } = stands.get(run)!;
    return [...stands.values()].some(
      (other) => other.generation === generation && isBefore(other.place, place),
    );
  };

  return {
    /** A run wants to read on from a place. The hindmost never waits, so there is always one that moves. */
    async reach(run: number, generation: string, place: Position | undefined): Promise<void> {
      stands.set(run, { generation, place });
      wake();
      while (isAhead(run)) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    /** A run has ended, in whatever way. */
    leave(run: number): void {
      stands.delete(run);
      wake();
    },
  };
};

const isBefore = (place: Position | undefined, other: Position | undefined): boolean =>
  other !== undefined && (place === undefined || comparePositions(place, other) < 0);
