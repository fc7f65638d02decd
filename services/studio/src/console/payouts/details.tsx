import { Ask } from '../../shared/ask.tsx';
import { Field, Saying } from './saying.tsx';
import type { StandingDesk } from './use-standing.ts';

type DeskProps = { readonly desk: StandingDesk };

const orNull = (text: string | undefined): string | null => text || null;

/** How far the identity is verified. */
export const IdentityForm = ({ desk }: DeskProps) => (
  <Saying
    title="Identity"
    does="Set the identity"
    onSubmit={({ identity, identityReference }) =>
      desk.change('PUT', 'identity', { status: identity, reference: orNull(identityReference) })
    }
  >
    <div>
      <label htmlFor="standing-identity">Status</label>
      <select id="standing-identity" name="identity" defaultValue="verified">
        <option value="verified">Verified</option>
        <option value="pending">Being verified</option>
        <option value="unverified">Not verified</option>
        <option value="rejected">Rejected</option>
      </select>
    </div>
    <Field name="identityReference" label="Reference to the check" required={false} />
  </Saying>
);

/** By which tax status, and of which year's form, is withheld. */
export const TaxForm = ({ desk }: DeskProps) => (
  <Saying
    title="Tax"
    does="Set the tax status"
    onSubmit={({ tax, formYear, taxReference }) =>
      desk.change('PUT', 'tax', {
        status: tax,
        formYear: formYear ? Number(formYear) : null,
        reference: orNull(taxReference),
      })
    }
  >
    <Field name="tax" label="Tax status" />
    <Field name="formYear" label="Year of the form" type="number" required={false} />
    <Field name="taxReference" label="Reference to the form" required={false} />
  </Saying>
);

/** Where to pay to. */
export const MethodForm = ({ desk }: DeskProps) => (
  <div>
    <Saying
      title="Payout method"
      does="Set the payout method"
      onSubmit={({ provider, methodReference }) =>
        desk.change('PUT', 'payout-method', { provider, reference: methodReference })
      }
    >
      <Field name="provider" label="Provider" />
      <Field name="methodReference" label="What the provider calls the account" />
    </Saying>
    {desk.standing?.method && (
      <Ask does="Remove" about="the payout method" quiet onYes={() => desk.change('DELETE', 'payout-method')}>
        <p>Until another is set, and has stood for a day, nothing can be paid to {desk.creator}.</p>
      </Ask>
    )}
  </div>
);
