import type { redemptions } from '@carat/protocol';
import { formatMinor } from '../../money/exact-money.ts';
import { formatDay, formatDiamonds, formatNumber } from '../../shared/format.ts';
import { Card, Figure } from '../../shared/frame.tsx';
import { openedOn } from './opened-on.ts';

/** All diamonds that were ever awarded, by what became of them: as of one place in the log. */
export const DiamondsCard = ({ balance }: { readonly balance: redemptions.Balance | undefined }) => {
  const [next, ...later] = balance?.becomes ?? [];
  return (
    <Card title="Your diamonds" aside={balance && <AsOf balance={balance} />}>
      <dl className="figures">
        <Diamonds name="Pending" of={balance?.pending} note="From gifts of days that are not settled yet" />
        <Diamonds name="Held" of={balance?.held} note="Settled, and held for a few days" />
        <Diamonds name="Available" of={balance?.available} note="Can be paid out" lead />
        <Diamonds name="On the way" of={balance?.onTheWay} note="Asked for, not yet paid" />
        <Diamonds name="Paid" of={balance?.paid} note={sayPaid(balance?.money)} />
      </dl>
      {balance && (
        <div className="becomes">
          {next ? (
            <p>
              Next, <strong>{formatDiamonds(next.millidiamonds)} diamonds</strong> become available on{' '}
              <strong>{formatDay(openedOn(next.with))}</strong>, shortly after midnight UTC.
            </p>
          ) : (
            <p className="soft">Nothing is held at the moment.</p>
          )}
          {later.length > 0 && (
            <details>
              <summary>After that</summary>
              <ul className="plain">
                {later.map(({ with: day, millidiamonds }) => (
                  <li key={day}>
                    {formatDiamonds(millidiamonds)} diamonds on {formatDay(openedOn(day))}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      )}
    </Card>
  );
};

type DiamondsProps = {
  readonly name: string;
  readonly of: string | null | undefined;
  readonly note: string | undefined;
  readonly lead?: boolean;
};

const Diamonds = ({ name, of, note, lead = false }: DiamondsProps) => (
  <Figure
    name={name}
    value={of === null || of === undefined ? undefined : formatDiamonds(of)}
    note={note}
    tone={lead ? 'lead' : ''}
  />
);

const AsOf = ({ balance: { asOf, awarded } }: { readonly balance: redemptions.Balance }) => (
  <p className="aside">
    {awarded === null || asOf === null
      ? 'What was awarded, and is pending, is not known at the moment'
      : `${formatDiamonds(awarded)} awarded in all, as of place ${formatNumber(BigInt(asOf.position ?? 0))}`}
  </p>
);

/** Money that has arrived; nothing while none has. */
const sayPaid = (money: redemptions.Balance['money'] | undefined): string | undefined => {
  const arrived = money?.filter(({ paid }) => paid !== '0') ?? [];
  return arrived.map(({ currency, paid }) => formatMinor(paid, currency)).join(', ') || undefined;
};
