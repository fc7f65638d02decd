import { type FormEvent, useState } from 'react';
import type { Api } from '../../shared/api.ts';
import { formatDateTime } from '../../shared/format.ts';
import { Card, Notice } from '../../shared/frame.tsx';
import { sayError } from '../../shared/words.ts';
import { Verdict } from '../verdict.tsx';
import { IdentityForm, MethodForm, TaxForm } from './details.tsx';
import { FreezeForm, Violations } from './restrictions.tsx';
import { accountStand, identityStand } from './standing-words.ts';
import { type StandingDesk, useStanding } from './use-standing.ts';

/** How a creator stands, and what can be said of it. */
export const StandingCard = ({ api }: { readonly api: Api }) => {
  const [creator, setCreator] = useState<string>();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setCreator(String(new FormData(event.currentTarget).get('creator')).trim());
  };
  return (
    <Card title="A creator’s standing">
      <form className="row-form" onSubmit={submit}>
        <label htmlFor="standing-creator">Creator</label>
        <input id="standing-creator" name="creator" required autoComplete="off" spellCheck={false} />
        <button type="submit">Look</button>
      </form>
      {creator !== undefined && <Shown key={creator} api={api} creator={creator} />}
    </Card>
  );
};

const Shown = ({ api, creator }: { readonly api: Api; readonly creator: string }) => {
  const desk = useStanding(api, creator);
  return (
    <>
      {desk.error !== undefined && <Notice tone="bad">{sayError(desk.error)}</Notice>}
      {desk.standing && <Known standing={desk.standing} />}
      {desk.standing && (
        <div className="sayings">
          <IdentityForm desk={desk} />
          <TaxForm desk={desk} />
          <MethodForm desk={desk} />
          <FreezeForm desk={desk} />
          <div>
            <Violations desk={desk} />
          </div>
        </div>
      )}
    </>
  );
};

const Known = ({ standing }: { readonly standing: NonNullable<StandingDesk['standing']> }) => {
  const { creator, identity, identityReference, tax, method, nearedThresholds } = standing;
  return (
    <dl className="known" aria-label={`Standing of ${creator}`}>
      <div>
        <dt>Account</dt>
        <dd>
          <Verdict stand={accountStand(standing, Date.now())} />
        </dd>
      </div>
      <div>
        <dt>Identity</dt>
        <dd>
          <Verdict stand={identityStand(identity)} /> {identityReference}
        </dd>
      </div>
      <div>
        <dt>Tax</dt>
        <dd>
          {tax === null ? 'No form' : tax.status}
          {tax?.formYear && `, form of ${tax.formYear}`} {tax?.reference}
        </dd>
      </div>
      <div>
        <dt>Payout method</dt>
        <dd>
          {method === null
            ? 'None'
            : `${method.reference} by ${method.provider}, since ${formatDateTime(method.since)}`}
        </dd>
      </div>
      {nearedThresholds.length > 0 && (
        <div>
          <dt>Nears</dt>
          <dd>{nearedThresholds.join(', ')}</dd>
        </div>
      )}
    </dl>
  );
};
