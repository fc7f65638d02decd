import { readStatement, statementCsv, statementJson } from '@carat/history';
import { id, isRefusal, redemptions, refuse } from '@carat/protocol';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { actsFor } from '../access.ts';
import { refusingSignedIn, signedIn } from '../openapi.ts';
import { findIssued, issueStatement, showIssued } from '../redemptions/issued-statements.ts';
import type { Routes } from './route.ts';

const described = {
  tags: ['Statements'],
  security: signedIn,
  params: z.object({ creator: id, period: redemptions.period }),
};
const toOwners = 'Told to the creator itself and to the platform only.';

/** What a creator earned and was paid in a month or a year. */
export const statementRoutes: Routes = (app, api) => {
  for (const register of [readRoute, issueRoute, pdfRoute]) register(app, api);
};

/** The very bytes: nothing between here and the wire writes them anew. */
const sendBytes = (reply: FastifyReply, type: string, bytes: Buffer): FastifyReply =>
  reply.type(type).send(bytes);

const readRoute: Routes = (app, { store }) => {
  app.get(
    '/creators/:creator/statements/:period',
    {
      schema: {
        summary: 'The statement of a month or a year',
        description:
          `${toOwners} It is made from the log, up to the last day that is closed. Once it is \`final\`, ` +
          'its JSON (RFC 8785) and its CSV are the same bytes whenever they are made again.',
        ...described,
        querystring: z.strictObject({ format: z.enum(['json', 'csv']).default('json') }),
        response: {
          200: {
            content: {
              'application/json': { schema: redemptions.statement },
              'text/csv': { schema: z.string() },
            },
          },
          ...refusingSignedIn('forbidden'),
        },
      },
    },
    async ({ params: { creator, period }, query: { format }, identity }, reply) => {
      if (!actsFor(identity, 'creator', creator)) return reply.send(refuse('forbidden'));
      const statement = await readStatement(store, creator, period);
      return format === 'csv'
        ? sendBytes(reply, 'text/csv; charset=utf-8', Buffer.from(statementCsv(statement)))
        : sendBytes(reply, 'application/json; charset=utf-8', Buffer.from(statementJson(statement)));
    },
  );
};

const issueRoute: Routes = (app, api) => {
  app.post(
    '/creators/:creator/statements/:period/issue',
    {
      schema: {
        summary: 'Issue a final statement, to be kept as it is',
        description: 'By the creator, or by the platform. Again it answers 200 and the one that was issued.',
        ...described,
        response: {
          200: redemptions.issuedStatement,
          201: redemptions.issuedStatement,
          ...refusingSignedIn('forbidden', 'statement_not_final', 'outcome_unknown'),
        },
      },
    },
    async ({ params, identity }, reply) => {
      if (!actsFor(identity, 'creator', params.creator)) return refuse('forbidden');
      const issued = await issueStatement(api, { ...params, by: identity.sub });
      if (isRefusal(issued)) return issued;
      return reply.code(issued.isNew ? 201 : 200).send(showIssued(issued.issued));
    },
  );
};

const pdfRoute: Routes = (app, { store }) => {
  app.get(
    '/creators/:creator/statements/:period/pdf',
    {
      schema: {
        summary: 'An issued statement as PDF, the very bytes that were issued',
        description: toOwners,
        ...described,
        response: {
          200: { content: { 'application/pdf': { schema: z.string() } } },
          ...refusingSignedIn('forbidden', 'statement_not_issued'),
        },
      },
    },
    async ({ params, identity }, reply) => {
      if (!actsFor(identity, 'creator', params.creator)) return reply.send(refuse('forbidden'));
      const issued = await findIssued(store, params);
      if (isRefusal(issued)) return reply.send(issued);
      return sendBytes(reply, 'application/pdf', Buffer.from(issued.pdf, 'base64'));
    },
  );
};
