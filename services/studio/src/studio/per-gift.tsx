import type { http } from '@carat/protocol';
import { formatNumber } from '../shared/format.ts';
import { Gem } from '../shared/gem.tsx';

/** What each gift brought in, most first. */
export const PerGift = ({
  perGift,
  catalogue,
}: {
  readonly perGift: http.Totals['perGift'] | undefined;
  readonly catalogue: ReadonlyMap<string, http.Gift> | undefined;
}) => {
  if (perGift === undefined || perGift.length === 0) return <p className="empty">No gifts yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="per-gift" tabIndex={0} aria-label="Each gift">
      <table>
        <thead>
          <tr>
            <th scope="col">Gift</th>
            <th scope="col" className="number">
              Sent
            </th>
            <th scope="col" className="number">
              Coins
            </th>
          </tr>
        </thead>
        <tbody>
          {perGift
            .toSorted((one, other) => other.coins - one.coins)
            .map(({ gift, gifts, coins }) => (
              <tr key={gift}>
                <th scope="row">
                  <span className="gift-cell">
                    <Gem gift={gift} coins={catalogue?.get(gift)?.coins ?? coins / gifts} />
                    {catalogue?.get(gift)?.name ?? gift}
                  </span>
                </th>
                <td className="number">{formatNumber(gifts)}</td>
                <td className="number">{formatNumber(coins)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
};
