import type { http } from '@carat/protocol';
import type { ReactNode } from 'react';
import { formatDiamonds, formatNumber, formatShare } from '../shared/format.ts';
import { Card, Notice } from '../shared/frame.tsx';
import { sayError } from '../shared/words.ts';
import { verdictOf } from './stands.ts';
import { Verdict } from './verdict.tsx';

/** That no coin was lost or made up: the log by itself, and every unit of numbers against it. */
export const Proof = ({
  proof,
  error,
}: {
  readonly proof: http.Conservation | undefined;
  readonly error: unknown;
}) => (
  <Card title="Every coin accounted for" aside={proof && <Verdict stand={verdictOf(proof.holds)} />}>
    {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
    {proof === undefined && error === undefined && <p className="empty">Asking …</p>}
    {proof && (
      <>
        <Balance log={proof.log} />
        {proof.why.map((sentence) => (
          <p key={sentence} className="soft why">
            {sentence}
          </p>
        ))}
        {proof.units.length > 0 && <Units proof={proof} />}
      </>
    )}
  </Card>
);

const Balance = ({ log }: { readonly log: http.Conservation['log'] }) => (
  <div className="balance-sheet">
    <Sum name="Granted" value={log.granted} />
    <Sign>{log.holds === false ? '≠' : '='}</Sign>
    <Sum name="Held by wallets" value={log.held} />
    <Sign>+</Sign>
    <Sum name="Spent on gifts" value={log.spent} />
    <p className="soft balance-note">
      coins of {formatNumber(log.wallets)} wallets, by {formatNumber(log.events)} events
      {log.share < 1 && `; ${formatShare(log.share)} of the log so far`}
    </p>
  </div>
);

const Sum = ({ name, value }: { readonly name: string; readonly value: number }) => (
  <p className="sum">
    <strong>{formatNumber(value)}</strong>
    <span>{name}</span>
  </p>
);

const Sign = ({ children }: { readonly children: ReactNode }) => <p className="sign">{children}</p>;

const Units = ({ proof: { units } }: { readonly proof: http.Conservation }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <section className="generation" tabIndex={0} aria-label="What the log and the numbers have booked">
    <table>
      <thead>
        <tr>
          <th scope="col">Booked, by</th>
          <th scope="col" className="number">
            Gifts
          </th>
          <th scope="col" className="number">
            Coins
          </th>
          <th scope="col" className="number">
            Diamonds
          </th>
          <th scope="col">Agrees</th>
        </tr>
      </thead>
      <tbody>
        {units.map(({ unit, ledger, booked, holds }) => (
          <SumsRow key={unit} unit={unit} ledger={ledger} booked={booked} holds={holds} />
        ))}
      </tbody>
    </table>
  </section>
);

type UnitProof = Pick<http.Conservation['units'][number], 'unit' | 'ledger' | 'booked' | 'holds'>;

/** A unit's own sums; where they differ, those of the log at the same place below them. */
const SumsRow = ({ unit, ledger, booked, holds }: UnitProof) => (
  <>
    <tr>
      <th scope="row">{unit}</th>
      <SumCells sums={ledger} />
      <td>
        <Verdict stand={verdictOf(holds)} />
      </td>
    </tr>
    {holds === false && (
      <tr className="differs">
        <th scope="row">the log has</th>
        <SumCells sums={booked} />
        <td />
      </tr>
    )}
  </>
);

const SumCells = ({ sums }: { readonly sums: http.BookedSums | null }) => (
  <>
    <td className="number">{sums ? formatNumber(sums.gifts) : '—'}</td>
    <td className="number">{sums ? formatNumber(sums.coins) : '—'}</td>
    <td className="number">{sums ? formatDiamonds(sums.millidiamonds) : '—'}</td>
  </>
);
