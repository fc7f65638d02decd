import { defaultShownLimits, emptyBanners, type ShownLimits, type ShownNow, show } from '@carat/client';
import { useEffect, useState } from 'react';
import { follow, type Source } from './heard.ts';

const nothing: ShownNow = { combos: [], banners: emptyBanners };

/** Growing combos and banners, with those young enough to be shown still; by the first render's options. */
export const useShown = (source: Source | undefined, options?: Partial<ShownLimits>): ShownNow => {
  const [limits] = useState({ ...defaultShownLimits, ...options });
  const [now, set] = useState(nothing);
  useEffect(() => {
    if (!source) return;
    const shown = show({ on: (_, tell) => follow(source, tell as never, limits.comboEndsMs) }, limits);
    const look = (): void => set(shown.current);
    shown.subscribe(look);
    look();
    return () => {
      shown.close();
      set(nothing);
    };
  }, [source, limits]);
  return now;
};
