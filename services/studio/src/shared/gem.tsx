import { memo } from 'react';
import { cutGem } from './cut.ts';

/** A gift as a cut gem. It is an ornament: the gift's name always stands beside it. */
export const Gem = memo(({ gift, coins }: { readonly gift: string; readonly coins: number }) => {
  const { color, facets } = cutGem(gift, coins);
  return (
    <svg className="gem" viewBox="-50 -50 100 100" aria-hidden="true" focusable="false">
      {facets.map(({ points, light }) => {
        const shape = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
        const fill = `hsl(${color.hue} ${color.saturation}% ${(24 + light * 50).toFixed(1)}%)`;
        return <polygon key={shape} points={shape} fill={fill} stroke={fill} strokeWidth="0.6" />;
      })}
    </svg>
  );
});
