/** Things that are due, soonest first; equally due things in the order they came in. A binary heap. */
export interface Queue<T> {
  readonly size: number;
  push(due: number, thing: T): void;
  /** When the first thing is due; infinity when there is none. */
  nextDue(): number;
  pop(): T | undefined;
}

interface Entry<T> {
  readonly due: number;
  readonly number: number;
  readonly thing: T;
}

const before = <T>(a: Entry<T>, b: Entry<T>): boolean =>
  a.due < b.due || (a.due === b.due && a.number < b.number);

export const queue = <T>(): Queue<T> => {
  const heap: Entry<T>[] = [];
  let pushed = 0;
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  const rise = (at: number): void => {
    for (let parent = (at - 1) >> 1; at > 0 && before(heap[at]!, heap[parent]!); parent = (at - 1) >> 1) {
      swap(at, parent);
      at = parent;
    }
  };
  const sink = (at: number): void => {
    for (;;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && before(heap[child]!, heap[first]!)) first = child;
      }
      if (first === at) return;
      swap(at, first);
      at = first;
    }
  };
  return {
    get size() {
      return heap.length;
    },
    push: (due, thing) => {
      heap.push({ due, number: pushed++, thing });
      rise(heap.length - 1);
    },
    nextDue: () => heap[0]?.due ?? Number.POSITIVE_INFINITY,
    pop: () => {
      if (heap.length === 0) return undefined;
      swap(0, heap.length - 1);
      const first = heap.pop()!;
      sink(0);
      return first.thing;
    },
  };
};
