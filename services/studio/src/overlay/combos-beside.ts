import type { ShownCombo, ShownNow } from '@carat/client';

/** Combos beside the banners: the newest that fit and have none of their own. */
export const combosBeside = ({ combos, banners }: ShownNow, most: number): readonly ShownCombo[] => {
  const withBanner = new Set([banners.showing, ...banners.waiting].map((banner) => banner?.key));
  return combos.filter(({ key }) => !withBanner.has(key)).slice(0, most);
};
