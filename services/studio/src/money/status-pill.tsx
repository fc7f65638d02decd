import type { redemptions } from '@carat/protocol';
import { statusWords } from './redemption-words.ts';

/** Where a redemption is, in a word or two. */
export const StatusPill = ({ status }: { readonly status: redemptions.RedemptionStatus }) => {
  const { tone, words } = statusWords(status);
  return (
    <span className={`pill pill-${tone}`} aria-live="polite">
      <span className="dot" />
      {words}
    </span>
  );
};
