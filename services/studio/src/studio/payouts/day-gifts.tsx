import type { http, redemptions } from '@carat/protocol';
import { type Api, path } from '../../shared/api.ts';
import { formatDateTime, formatDiamonds, formatNumber } from '../../shared/format.ts';
import { Notice } from '../../shared/frame.tsx';
import { limits } from '../../shared/limits.ts';
import { More } from '../../shared/more.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { sayError } from '../../shared/words.ts';

type DayGiftsProps = {
  readonly api: Api;
  readonly creator: string;
  readonly day: redemptions.SettledDay;
  /** Undefined until it is known. */
  readonly catalogue: ReadonlyMap<string, http.Gift> | undefined;
};

/** The very bookings that a day was settled from, in the order of the log. */
export const DayGifts = ({ api, creator, day: { day, hash }, catalogue }: DayGiftsProps) => {
  const { entries, error, more } = usePages(
    api,
    path`/creators/${creator}/settlements/${day}/gifts`,
    'after',
    giftsOf,
    limits.seldomEveryMs,
  );
  return (
    <>
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
      {entries && <GiftTable gifts={entries} catalogue={catalogue} />}
      <More more={more} what="more gifts" />
      <p className="soft references">
        What these gifts were settled as has the check sum <code>{hash}</code>.
      </p>
    </>
  );
};

type Gift = redemptions.SettledGifts['gifts'][number];

const giftsOf = ({ gifts: entries, next }: redemptions.SettledGifts) => ({ entries, next });

type GiftTableProps = { readonly gifts: readonly Gift[] } & Pick<DayGiftsProps, 'catalogue'>;

const GiftTable = ({ gifts, catalogue }: GiftTableProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <section className="scrolling" tabIndex={0} aria-label="Gifts of the day">
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">From</th>
          <th scope="col">Gift</th>
          <th scope="col" className="number">
            Coins
          </th>
          <th scope="col" className="number">
            Diamonds a coin
          </th>
          <th scope="col" className="number">
            Diamonds
          </th>
        </tr>
      </thead>
      <tbody>
        {gifts.map(({ event, at, viewer, gift, booked, coins, rate, millidiamonds }) => (
          <tr key={event}>
            <td>{formatDateTime(at)}</td>
            <td>{viewer}</td>
            <td>
              {catalogue?.get(gift)?.name ?? gift}
              {booked > 1 && ` ×${formatNumber(booked)}`}
            </td>
            <td className="number">{formatNumber(coins)}</td>
            <td className="number">{formatDiamonds(rate)}</td>
            <td className="number">{formatDiamonds(millidiamonds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
