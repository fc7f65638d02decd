import type { redemptions } from '@carat/protocol';
import { type FormEvent, useEffect, useState } from 'react';
import { formatMinor } from '../../money/exact-money.ts';
import { QuoteTable } from '../../money/quote-table.tsx';
import { statusWords } from '../../money/redemption-words.ts';
import type { Api } from '../../shared/api.ts';
import { formatNumber } from '../../shared/format.ts';
import { Card, Notice } from '../../shared/frame.tsx';
import { sayError, sayRefusal } from '../../shared/words.ts';
import { readAmount } from './amount.ts';
import type { RequestForm } from './request-form.ts';
import { type Quoted, useQuote } from './use-quote.ts';
import { useRequest } from './use-request.ts';

type RedeemProps = {
  readonly api: Api;
  readonly creator: string;
  /** Undefined until they are known. */
  readonly terms: redemptions.Balance['terms'] | undefined;
  readonly listed: readonly redemptions.RedemptionShown[] | undefined;
  readonly onMade: () => void;
};

/** Says what diamonds come to while an amount is typed, and asks for the money. */
export const RedeemCard = ({ api, creator, terms, listed, onMade }: RedeemProps) => {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<string>();
  const { form, request } = useRequest(api, creator, listed, onMade);
  const currency = chosen ?? terms?.currencies[0];
  const amount = readAmount(text);
  const quoted = useQuote(api, creator, amount.diamonds, currency, terms?.redeemableDiamonds);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (form.step === 'unknown') void request(form.asking!);
    else if (amount.diamonds !== undefined && currency !== undefined && quoted.isCurrent) {
      void request({ diamonds: amount.diamonds, currency });
    }
  };
  useEffect(() => {
    if (form.made) setText('');
  }, [form.made]);
  const isOpen = form.step === 'open';
  return (
    <Card title="Request a payout">
      {terms?.refused && <Notice>{sayRefusal(terms.refused)}</Notice>}
      <form className="redeem" onSubmit={submit}>
        <div>
          <label htmlFor="redeem-diamonds">Diamonds</label>
          <input
            id="redeem-diamonds"
            value={text}
            onChange={(event) => setText(event.target.value)}
            inputMode="numeric"
            autoComplete="off"
            disabled={!isOpen}
            aria-invalid={amount.fault !== undefined || quoted.error !== undefined}
            aria-describedby="redeem-terms redeem-said"
          />
        </div>
        <div>
          <label htmlFor="redeem-currency">Currency</label>
          <select
            id="redeem-currency"
            value={currency ?? ''}
            onChange={(event) => setChosen(event.target.value)}
            disabled={!isOpen || terms === undefined}
          >
            {terms?.currencies.map((code) => (
              <option key={code}>{code}</option>
            ))}
          </select>
        </div>
        <p id="redeem-terms" className="soft">
          {terms ? <Terms terms={terms} onAll={(all) => setText(all)} /> : 'Asking …'}
        </p>
        <Shown fault={amount.fault} quoted={quoted} />
        <button type="submit" disabled={form.step === 'asking' || (isOpen && !quoted.isCurrent)}>
          {form.step === 'unknown' ? 'Ask again' : 'Request this payout'}
        </button>
        <Said form={form} listed={listed} />
      </form>
    </Card>
  );
};

/** What the amount comes to, or what is in the way of it. */
const Shown = ({
  fault,
  quoted: { quote, isCurrent, error },
}: {
  readonly fault: string | undefined;
  readonly quoted: Quoted;
}) => {
  const wrong = fault ?? (error === undefined ? undefined : sayError(error));
  return (
    <>
      <div id="redeem-said" role="status">
        {wrong !== undefined && <p className="field-fault">{wrong}</p>}
        {quote && isCurrent && (
          <p>
            {formatNumber(quote.diamonds)} diamonds come to{' '}
            <strong>{formatMinor(quote.net, quote.currency)}</strong>.
          </p>
        )}
      </div>
      {quote && (
        <div className="quote-shown" aria-busy={!isCurrent}>
          <QuoteTable quote={quote} />
        </div>
      )}
    </>
  );
};

const Terms = ({
  terms,
  onAll,
}: {
  readonly terms: redemptions.Balance['terms'];
  readonly onAll: (diamonds: string) => void;
}) => (
  <>
    At least {formatNumber(terms.minimumDiamonds)}, and within 24 hours at most{' '}
    {formatNumber(terms.maximumDiamonds)} diamonds; {formatNumber(terms.redeemableDiamonds)} can be paid out
    now.{' '}
    {terms.redeemableDiamonds >= terms.minimumDiamonds && (
      <button type="button" className="quiet small" onClick={() => onAll(String(terms.redeemableDiamonds))}>
        All of them
      </button>
    )}
  </>
);

/** What became of the request, or why it is not known. */
const Said = ({
  form: { step, made: answered, error, asking },
  listed,
}: {
  readonly form: RequestForm;
  readonly listed: RedeemProps['listed'];
}) => {
  const made = listed?.find(({ redemption }) => redemption === answered?.redemption) ?? answered;
  return (
    <div role="status">
      {step === 'asking' && <p className="soft">It is being requested …</p>}
      {step === 'unknown' && asking && (
        <p className="field-fault">
          No answer came, so it is not known whether the request for {formatNumber(asking.diamonds)} diamonds
          went through. Ask again: it counts only once.
        </p>
      )}
      {step === 'open' && error !== undefined && <p className="field-fault">{sayError(error)}</p>}
      {step === 'open' && made && (
        <p className="said-good">
          {formatMinor(made.quote.net, made.quote.currency)} were requested. {statusWords(made.status).means}
        </p>
      )}
    </div>
  );
};
