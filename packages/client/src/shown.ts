import { type BannerQueue, emptyBanners, showBanners } from './banners.ts';
import { growCombos, type ShownCombo } from './growing-combos.ts';
import { defaultShownLimits, type ShownLimits } from './limits.ts';
import { Listeners } from './listeners.ts';
import type { Watching } from './watching.ts';

/** What is shown of a live's bookings at one moment. */
export type ShownNow = { readonly combos: readonly ShownCombo[]; readonly banners: BannerQueue };

export interface Shown {
  /** Another object whenever it changed. */
  readonly current: ShownNow;
  /** Calls back after each change; returns what ends that. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** Shows a watch's bookings as growing combos and banners, with a timer for what ends. */
export const show = (watching: Pick<Watching, 'on'>, options: Partial<ShownLimits> = {}): Shown => {
  const limits: ShownLimits = { ...defaultShownLimits, ...options };
  const listeners = new Listeners<{ change: undefined }>();
  let current: ShownNow = { combos: [], banners: emptyBanners };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const move = (bookings: Parameters<typeof growCombos>[1]): void => {
    const now = performance.now();
    const combos = growCombos(current.combos, bookings, now, limits).running;
    const banners = showBanners(current.banners, bookings, now, limits).queue;
    clearTimeout(timer);
    timer = ring({ combos, banners }, now);
    if (combos === current.combos && banners === current.banners) return;
    current = { combos, banners };
    listeners.tell('change', undefined);
  };

  /** Sets the timer for what ends first. */
  const ring = ({ combos, banners }: ShownNow, now: number): typeof timer => {
    const oldest = combos.at(-1);
    const comboEnds = oldest ? oldest.grewAt + limits.comboEndsMs : Number.POSITIVE_INFINITY;
    const bannerEnds = banners.showing ? banners.since + limits.bannerMs : Number.POSITIVE_INFINITY;
    const next = Math.min(comboEnds, bannerEnds);
    return Number.isFinite(next) ? setTimeout(() => move([]), Math.max(1, Math.ceil(next - now))) : undefined;
  };

  const unlisten = watching.on('feed', ({ bookings }) => move(bookings));
  return {
    get current() {
      return current;
    },
    subscribe: (listener) => listeners.on('change', listener),
    close() {
      unlisten();
      clearTimeout(timer);
    },
  };
};
