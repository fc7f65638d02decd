import { createHash } from 'node:crypto';
import { type Event, type Statement, statementEventTypes, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { type Fold, foldStream, readStatement, statementJson, statementPdf } from '@carat/history';
import { type Refusal, type redemptions, refuse } from '@carat/protocol';
import { writeOf } from '../append.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import type { InTurn } from '../turns.ts';

type Issued = Event<'StatementIssued'>['data'];
type Of = { readonly creator: string; readonly period: string };

const foldOf = ({ creator, period }: Of): Fold<Issued | undefined, 'StatementIssued'> => ({
  stream: streams.statement(creator, period),
  types: statementEventTypes,
  initial: undefined,
  evolve: (issued, events) => issued ?? events[0]?.data,
});

/** A statement as it was given out. @throws EventStoreError */
export const findIssued = async (store: EventStore, of: Of): Promise<Issued | Refusal> =>
  (await foldStream(store, foldOf(of)).read()).state ?? refuse('statement_not_issued');

type Issuing = {
  readonly store: EventStore;
  readonly inTurn: InTurn;
  readonly newId: () => string;
  readonly clock: { now(): number };
};

/**
 * Gives a statement out, once, for ever; again it answers the one that was. @throws EventStoreError
 */
export const issueStatement = (
  { store, inTurn, newId, clock }: Issuing,
  of: Of & { readonly by: string },
): Promise<{ readonly issued: Issued; readonly isNew: boolean } | Refusal> => {
  const stream = streams.statement(of.creator, of.period);
  return inTurn(stream, () =>
    decideAndAppend<{ issued: Issued; isNew: boolean }>(store, async () => {
      const { state, expected } = await foldStream(store, foldOf(of)).read();
      if (state) return { writes: [], answer: { issued: state, isNew: false } };
      const statement = await readStatement(store, of.creator, of.period);
      if (!statement.final) return { writes: [], answer: refuse('statement_not_final') };
      const issued = { ...of, ...(await draw(statement)), at: clock.now() };
      const event = { type: 'StatementIssued', data: issued } as const;
      return { writes: [writeOf(stream, expected, [event], newId)], answer: { issued, isNew: true } };
    }),
  );
};

const draw = async (statement: Statement): Promise<Pick<Issued, 'json' | 'pdf' | 'sha256'>> => {
  const pdf = await statementPdf(statement);
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  return { json: statementJson(statement), pdf: pdf.toString('base64'), sha256 };
};

/** An issued statement as it is answered. */
export const showIssued = ({ json, pdf: _, ...issued }: Issued): redemptions.IssuedStatement => ({
  ...issued,
  statement: JSON.parse(json),
});
