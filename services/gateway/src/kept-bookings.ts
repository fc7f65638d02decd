import { comparePositions, parsePosition } from '@carat/event-store';
import type { ShownBooking } from '@carat/protocol';
import { limits } from './limits.ts';

/** Orders places as the log does; "nowhere yet" comes first. */
export const isBefore = (a: string | null, b: string | null): boolean =>
  b !== null && (a === null || comparePositions(parsePosition(a), parsePosition(b)) < 0);

/** What all rooms of a gateway keep. */
export type KeptInAll = { bytes: number };

/** Bookings as they are kept: their places, their JSON, and when they came. */
type Came = { readonly places: string[]; readonly texts: string[]; readonly cameAt: number[] };

/** Consecutive bookings, as JSON. */
export type Part = {
  /** The place of the booking before them; null where it is not known what came before. */
  readonly after: string | null;
  readonly bookings: readonly string[];
  /** The place of the last one. */
  readonly upTo: string;
  /** The number of the one after them. */
  readonly next: number;
};

/**
 * The newest bookings of one live, gap-free, each encoded once when it comes: ticks and pages of missed
 * bookings are cut from them. Bookings are numbered from 0 on. Bounded by age, count and bytes: the oldest
 * go.
 */
export class KeptBookings {
  #places: string[] = [];
  #texts: string[] = [];
  #cameAt: number[] = [];
  /** Where in the arrays the oldest one kept lies; what is before it was let go. */
  #oldest = 0;
  /** The number of the arrays' first. */
  #first = 0;
  #bytes = 0;
  /** The place after which all are kept; null where it is not known what came before the oldest. */
  #from: string | null = null;
  #closed = false;
  readonly #all: KeptInAll;

  constructor(all: KeptInAll) {
    this.#all = all;
  }

  /** The number that the next booking will have. */
  get next(): number {
    return this.#first + this.#places.length;
  }

  /** Whether it is known after which place all are kept. */
  get begun(): boolean {
    return this.#from !== null;
  }

  /** The place up to which the live's bookings are known; null before anything is. */
  get upTo(): string | null {
    return this.#places.at(-1) ?? this.#from;
  }

  get count(): number {
    return this.#places.length - this.#oldest;
  }

  /** Takes up bookings in log order; those that it has already, or are older, are passed over. */
  add(bookings: readonly ShownBooking[], now: number): void {
    if (this.#closed) return;
    for (const booking of bookings) {
      if (!isBefore(this.upTo, booking.position)) continue;
      const text = JSON.stringify(booking);
      this.#places.push(booking.position);
      this.#texts.push(text);
      this.#cameAt.push(now);
      this.#weigh(text.length);
    }
    while (this.#isTooMuch()) this.#dropOldest();
    this.#compact();
  }

  /**
   * Begins anew: with all bookings after a place, and then those that came later than these. Where some of
   * those numbered before are missing now, the next part says that it does not go on from them.
   */
  begin(from: string, bookings: readonly ShownBooking[], now: number): void {
    const came = this.#came();
    this.clear();
    this.#from = from;
    this.add(bookings, now);
    this.#append(came);
  }

  /**
   * Takes over what another kept since some were missed, and empties it. Where that one let go of some that
   * are not here, the next part does not go on from what was here.
   */
  takeOver(late: KeptBookings): void {
    const came = late.#came();
    const from = late.#from;
    late.clear();
    if (this.#closed) return;
    if (isBefore(this.upTo, from)) this.clear();
    this.#append(came);
  }

  /** Lets all go: whatever comes next does not go on from here. Numbers are not given again. */
  clear(): void {
    this.#first = this.next;
    this.#weigh(-this.#bytes);
    this.#places = [];
    this.#texts = [];
    this.#cameAt = [];
    this.#oldest = 0;
    this.#from = null;
  }

  /** Lets all go, and keeps nothing any more: also not what is still being read. */
  close(): void {
    this.clear();
    this.#closed = true;
  }

  /** Lets go what came before an instant. */
  dropBefore(instant: number): void {
    while (this.count > 0 && this.#cameAt[this.#oldest]! < instant) this.#dropOldest();
    this.#compact();
  }

  /** The number of the first booking after a place; undefined where some of them may not be kept. */
  numberAfter(place: string): number | undefined {
    if (this.#from === null || isBefore(place, this.#from)) return undefined;
    let low = this.#oldest;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(place, this.#places[middle]!)) high = middle;
      else low = middle + 1;
    }
    return this.#first + low;
  }

  /** The bookings from a number on, as many as go out at once; undefined where there are none. */
  part(number: number): Part | undefined {
    const begin = Math.max(number - this.#first, this.#oldest);
    let end = begin;
    let bytes = 0;
    while (end < this.#texts.length && end - begin < limits.maxBookingsPerPart) {
      bytes += this.#texts[end]!.length + 1;
      if (bytes > limits.maxBytesPerPart && end > begin) break;
      end++;
    }
    if (end === begin) return undefined;
    const after = begin === this.#oldest ? this.#from : this.#places[begin - 1]!;
    const bookings = this.#texts.slice(begin, end);
    return { after, bookings, upTo: this.#places[end - 1]!, next: this.#first + end };
  }

  /** All that are kept, oldest first. */
  #came(): Came {
    const of = <T>(all: readonly T[]): T[] => all.slice(this.#oldest);
    return { places: of(this.#places), texts: of(this.#texts), cameAt: of(this.#cameAt) };
  }

  /** Takes up those that are later than what is here. */
  #append({ places, texts, cameAt }: Came): void {
    for (const [n, place] of places.entries()) {
      if (!isBefore(this.upTo, place)) continue;
      this.#places.push(place);
      this.#texts.push(texts[n]!);
      this.#cameAt.push(cameAt[n]!);
      this.#weigh(texts[n]!.length);
    }
    while (this.#isTooMuch()) this.#dropOldest();
  }

  #weigh(bytes: number): void {
    this.#bytes += bytes;
    this.#all.bytes += bytes;
  }

  #isTooMuch(): boolean {
    const { maxKeptBookings, maxKeptBytes, maxKeptBytesInAll } = limits;
    const isFull = this.count > maxKeptBookings || this.#bytes > maxKeptBytes;
    return this.count > 0 && (isFull || this.#all.bytes > maxKeptBytesInAll);
  }

  #dropOldest(): void {
    this.#weigh(-this.#texts[this.#oldest]!.length);
    this.#from = this.#places[this.#oldest]!;
    this.#texts[this.#oldest] = '';
    this.#oldest++;
  }

  /** Frees what the arrays hold of bookings let go, once that is the larger part. */
  #compact(): void {
    if (this.#oldest < 1_000 || this.#oldest < this.#places.length / 2) return;
    this.#places.splice(0, this.#oldest);
    this.#texts.splice(0, this.#oldest);
    this.#cameAt.splice(0, this.#oldest);
    this.#first += this.#oldest;
    this.#oldest = 0;
  }
}
