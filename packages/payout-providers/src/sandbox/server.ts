import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { limits } from '../limits.ts';
import { paymentSchema } from '../payment.ts';
import { draw, drawFate, type Faults, faultsSchema } from './faults.ts';
import { type Ledger, LedgerFull } from './ledger.ts';
import { sandboxLimits } from './limits.ts';
import { type SandboxPayout, stateAt } from './payout.ts';
import type { Webhooks } from './webhooks.ts';

/** An account of this name, or that begins so, nobody has: a payout to it is refused. */
export const strangerPrefix = 'nobody';

export type SandboxParts = {
  readonly ledger: Ledger;
  readonly webhooks: Webhooks;
  readonly secret: string;
  readonly now: () => number;
  readonly faults: { current: Faults };
  /** Answers what is not about payouts, as readiness, before anything else: true where it did. */
  readonly answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
};

const moment = z.coerce.number().int();
const listSchema = z.object({ from: moment, to: moment, after: z.coerce.number().int().min(0).default(0) });
const lookSchema = z.object({ key: z.string().min(1).max(limits.maxKeyChars) });
const webhookSchema = z.object({ url: z.url().nullable() });

/** The HTTP of the sandbox; whoever calls it carries `authorization: Bearer <secret>`. */
export const buildServer = (parts: SandboxParts): FastifyInstance => {
  const app = fastify({ bodyLimit: sandboxLimits.maxBodyBytes, forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    if (parts.answer?.(request.raw, reply.raw)) return reply.hijack();
    if (!authorised(request, parts.secret)) return refuse(reply, 401, 'the secret is not the sandbox’s');
  });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof z.ZodError) return refuse(reply, 400, z.prettifyError(error));
    if (error instanceof LedgerFull) return refuse(reply, 503, error.message);
    return refuse(reply, statusOf(error), error instanceof Error ? error.message : String(error));
  });
  addPaying(app, parts);
  addLooking(app, parts);
  addTelling(app, parts);
  return app;
};

const statusOf = (error: unknown): number => {
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
};

const authorised = ({ headers }: FastifyRequest, secret: string): boolean => {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(headers.authorization ?? ''), hash(`Bearer ${secret}`));
};

const refuse = (reply: FastifyReply, status: number, error: string): FastifyReply =>
  reply.code(status).send({ error });

const addPaying = (app: FastifyInstance, parts: SandboxParts): void => {
  const attempts = new Map<string, number>();
  const countAttempt = (key: string): number => {
    if (attempts.size >= sandboxLimits.maxPayouts) attempts.clear();
    const count = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, count);
    return count;
  };

  app.post('/payouts', async (request, reply) => {
    const payment = paymentSchema.parse(request.body);
    const faults = parts.faults.current;
    const attempt = countAttempt(payment.key);
    const meets = (fault: 'down' | 'delay' | 'lose'): boolean =>
      draw(faults.seed, fault, payment.key, attempt) < faults[fault];

    if (meets('down')) return refuse(reply, 503, 'the sandbox was told to be down');
    const isNew = parts.ledger.byKey(payment.key) === undefined;
    if (isNew && payment.recipient.startsWith(strangerPrefix)) {
      return refuse(reply, 422, `there is no account ${payment.recipient}`);
    }
    const made: SandboxPayout = {
      ...payment,
      reference: `sandbox-${randomUUID()}`,
      madeAt: parts.now(),
      ...drawFate(faults, payment.key),
    };
    const payout = await parts.ledger.add(made);
    if (payout === made) parts.webhooks.expect(payout);
    if (meets('delay')) await pause(faults.delayMs);
    if (meets('lose')) {
      reply.hijack();
      return request.raw.socket.destroy();
    }
    if (!samePayment(payout, made)) return refuse(reply, 409, 'the key was used for another payment');
    return reply.code(payout === made ? 201 : 200).send({ state: stateAt(payout, parts.now()) });
  });
};

const samePayment = (one: SandboxPayout, other: SandboxPayout): boolean =>
  one.recipient === other.recipient &&
  one.amountMinor === other.amountMinor &&
  one.currency === other.currency;

const addLooking = (app: FastifyInstance, { ledger, now }: SandboxParts): void => {
  const listed = ({ key, reference, recipient, amountMinor, currency, madeAt }: SandboxPayout) => ({
    ...{ key, reference, recipient, amountMinor, currency, madeAt },
  });

  app.get('/payout', async (request, reply) => {
    const payout = ledger.byKey(lookSchema.parse(request.query).key);
    if (!payout) return refuse(reply, 404, 'no payout has this key');
    return { state: stateAt(payout, now()) };
  });

  app.get('/payouts', async (request) => {
    const { from, to, after } = listSchema.parse(request.query);
    // What is being written has its time already: the list is complete to now only with it.
    const asOf = now();
    await ledger.written();
    const page: object[] = [];
    let place = after;
    for (; place < ledger.payouts.length && page.length < limits.listPageSize; place += 1) {
      const payout = ledger.payouts[place]!;
      if (payout.madeAt < from || payout.madeAt >= to) continue;
      page.push({ ...listed(payout), state: stateAt(payout, asOf) });
    }
    const next = place < ledger.payouts.length ? String(place) : undefined;
    return { payouts: page, next, completeTo: Math.min(to, asOf) };
  });
};

const addTelling = (app: FastifyInstance, { faults, webhooks }: SandboxParts): void => {
  app.get('/faults', async () => faults.current);
  app.put('/faults', async (request) => {
    faults.current = faultsSchema.parse(request.body);
    return faults.current;
  });
  app.put('/webhook', async (request, reply) => {
    webhooks.setUrl(webhookSchema.parse(request.body).url ?? undefined);
    return reply.code(204).send();
  });
};
