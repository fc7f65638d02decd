import type { http } from '@carat/protocol';
import { formatNumber } from '../shared/format.ts';
import { Card } from '../shared/frame.tsx';
import { Gem } from '../shared/gem.tsx';
import type { Tapped } from './use-tapping.ts';

type GiftPanelProps = {
  readonly gifts: readonly http.Gift[] | undefined;
  readonly balance: number | undefined;
  readonly tapped: ReadonlyMap<string, Tapped>;
  readonly disabled: boolean;
  readonly onTap: (gift: http.Gift) => void;
};

/** The gifts that are sold, cheapest first. Each tap sends one; quick taps make a combo. */
export const GiftPanel = ({ gifts, balance, tapped, disabled, onTap }: GiftPanelProps) => (
  <Card
    title="Send a gift"
    className="gift-panel"
    aside={
      <p className="balance">
        Your wallet{' '}
        <strong data-figure="balance">{balance === undefined ? '—' : formatNumber(balance)}</strong>{' '}
        {balance === 1 ? 'coin' : 'coins'}
      </p>
    }
  >
    {gifts === undefined && <p className="empty">Fetching the gifts …</p>}
    {gifts?.length === 0 && <p className="empty">There are no gifts in the catalogue yet.</p>}
    <ul className="gifts">
      {gifts?.map((gift) => (
        <li key={gift.gift}>
          <GiftButton
            gift={gift}
            tapped={tapped.get(gift.gift)}
            isDear={balance !== undefined && gift.coins > balance}
            disabled={disabled}
            onTap={onTap}
          />
        </li>
      ))}
    </ul>
  </Card>
);

const GiftButton = ({
  gift,
  tapped,
  isDear,
  disabled,
  onTap,
}: {
  readonly gift: http.Gift;
  readonly tapped: Tapped | undefined;
  /** Beyond what the wallet holds. It can be tapped all the same, and is then told why it cannot be sent. */
  readonly isDear: boolean;
  readonly disabled: boolean;
  readonly onTap: (gift: http.Gift) => void;
}) => (
  <button
    type="button"
    className={`gift ${isDear ? 'gift-dear' : ''}`}
    disabled={disabled}
    onClick={() => onTap(gift)}
  >
    <Gem gift={gift.gift} coins={gift.coins} />
    <span className="gift-name">{gift.name}</span>
    <span className="gift-price">
      {formatNumber(gift.coins)}
      <span className="unseen">
        {gift.coins === 1 ? ' coin' : ' coins'}
        {!gift.streakable && ', one at a time'}
      </span>
    </span>
    {tapped && (
      <span key={tapped.count} className={`tapped ${tapped.booked >= tapped.count ? 'tapped-booked' : ''}`}>
        ×{formatNumber(tapped.count)}
      </span>
    )}
  </button>
);
