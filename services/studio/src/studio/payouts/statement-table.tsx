import { formatStated } from '../../money/exact-money.ts';
import type { Statement } from '../../money/statement.ts';
import { formatDiamonds } from '../../shared/format.ts';

const diamondLines = [
  ['opening', 'At the beginning'],
  ['earned', 'Earned'],
  ['redeemed', 'Asked to be paid out'],
  ['returned', 'Came back'],
  ['closing', 'At the end'],
] as const;

const moneyLines = [
  ['gross', 'Worth'],
  ['fee', 'Fees'],
  ['withheld', 'Tax withheld'],
  ['remainder', 'Rounded down'],
  ['net', 'Paid to you'],
] as const;

/** The lines of a statement, in diamonds and in the money that was paid. */
export const StatementTable = ({ statement }: { readonly statement: Statement }) => (
  <>
    <table className="statement">
      <caption>Diamonds</caption>
      <tbody>
        {diamondLines.map(([line, name]) => (
          <tr key={line}>
            <th scope="row">{name}</th>
            <td className="number">{formatDiamonds(statement.millidiamonds[line])}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {statement.money.map(({ currency, paid, returned }) => (
      <table key={currency} className="statement">
        <caption>Money in {currency}</caption>
        <tbody>
          {moneyLines.map(([line, name]) => (
            <tr key={line}>
              <th scope="row">{name}</th>
              <td className="number">{formatStated(paid[line], currency)}</td>
            </tr>
          ))}
          {returned.net !== '0' && (
            <tr>
              <th scope="row">Of payments that came back</th>
              <td className="number">{formatStated(returned.net, currency)}</td>
            </tr>
          )}
        </tbody>
      </table>
    ))}
  </>
);
