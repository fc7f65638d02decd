import type { redemptions } from '@carat/protocol';
import { quoteRows } from './quote-rows.ts';

/** What diamonds come to, line by line. */
export const QuoteTable = ({ quote }: { readonly quote: redemptions.QuoteLines }) => (
  <table className="quote">
    <caption className="unseen">What the diamonds come to</caption>
    <thead className="unseen">
      <tr>
        <th scope="col">Line</th>
        <th scope="col">How</th>
        <th scope="col">Amount</th>
      </tr>
    </thead>
    <tbody>
      {quoteRows(quote).map(({ name, how, amount }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td className="how">{how}</td>
          <td className="number">{amount}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
