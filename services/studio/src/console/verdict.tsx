import type { Stand } from './stands.ts';

export const Verdict = ({ stand: { tone, words } }: { readonly stand: Stand }) => (
  <span className={`pill pill-${tone}`}>
    <span className="dot" />
    {words}
  </span>
);
