import type { redemptions } from '@carat/protocol';
import { path } from '../../shared/api.ts';
import { Ask } from '../../shared/ask.tsx';
import { formatDateTime } from '../../shared/format.ts';
import { Field, Saying } from './saying.tsx';
import { isFrozen, sayFollows } from './standing-words.ts';
import type { StandingDesk } from './use-standing.ts';

type DeskProps = { readonly desk: StandingDesk };

/** Stops gifts and payouts, or lets them go on. */
export const FreezeForm = ({ desk }: DeskProps) => {
  const { standing } = desk;
  const freeze = standing && isFrozen(standing, Date.now()) ? standing.freeze : null;
  if (freeze) {
    const end = freeze.until === null ? 'until it is released' : `until ${formatDateTime(freeze.until)}`;
    return (
      <section className="saying" aria-label="Freeze">
        <h3>Freeze</h3>
        <p>
          Frozen {end}: {freeze.reason}
        </p>
        <Ask
          does="Release"
          about={desk.creator}
          reason="Why"
          onYes={(reason) => desk.change('POST', 'release', { reason })}
        >
          <p>{desk.creator} can then receive gifts and be paid again.</p>
        </Ask>
      </section>
    );
  }
  return (
    <Saying
      title="Freeze"
      does="Freeze the account"
      onSubmit={({ freezeReason, freezeUntil }) =>
        desk.change('POST', 'freeze', {
          reason: freezeReason,
          until: freezeUntil ? new Date(freezeUntil).getTime() : null,
        })
      }
    >
      <Field name="freezeReason" label="Why" />
      <Field
        name="freezeUntil"
        label="Until, or until it is released"
        type="datetime-local"
        required={false}
      />
    </Saying>
  );
};

/** Which guidelines were violated, what follows from each, and taking one back. */
export const Violations = ({ desk }: DeskProps) => (
  <>
    <ul className="plain redemptions" aria-label="Violations">
      {desk.standing?.violations.map((violation) => (
        <li key={violation.violation}>
          <Recorded desk={desk} violation={violation} />
        </li>
      ))}
    </ul>
    <Saying
      title="Record a violation"
      does="Record it"
      onSubmit={({ violation, guideline }) => desk.change('POST', 'violations', { violation, guideline })}
    >
      <Field name="violation" label="A name of its own for the case" />
      <Field name="guideline" label="Which guideline" />
    </Saying>
  </>
);

const Recorded = ({
  desk,
  violation,
}: {
  readonly desk: StandingDesk;
  readonly violation: redemptions.StandingShown['violations'][number];
}) => (
  <>
    <div className="redemption-head">
      <strong>{violation.guideline}</strong>
      <code>{violation.violation}</code>
      {!violation.withdrawn && (
        <Ask
          does="Withdraw"
          about={violation.violation}
          quiet
          reason="Why"
          onYes={(reason) =>
            desk.change('POST', path`violations/${violation.violation}/withdraw`, { reason })
          }
        >
          <p>It was none: all that followed from it ends, and the next one counts as one fewer.</p>
        </Ask>
      )}
    </div>
    <p className="soft">{sayFollows(violation)}</p>
  </>
);
