import { createHmac, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setImmediate as tick } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { WebhookMessage } from '../../port.ts';

/**
 * A double of the part of Stripe's API that the adapter's client uses. Each rule names the page of
 * https://docs.stripe.com it is from.
 */
export type StripeDouble = {
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Connected accounts that there are. */
  readonly accounts: Set<string>;
  /**
   * `lose`: calls that pay are carried out, and the socket is cut. `refuse`: they are answered 429. `broken`:
   * they are carried out and answered 500.
   */
  fault: 'lose' | 'refuse' | 'broken' | undefined;
  /** What the platform may transfer yet, in the smallest unit of any currency. */
  balance: number;
  transfers(): readonly Transfer[];
  /** The keys of the calls that pay, one a call. */
  calls(): string[];
  /** A transfer that somebody made by hand. */
  addByHand(amount: number, currency: string, destination: string, group?: string): void;
  /** Takes back all of a transfer, or a part of it. */
  reverse(id: string, amount?: number): void;
  /** What was sent to the webhook, in order. */
  messages(): readonly WebhookMessage[];
  /** Signs an event of any type. */
  sign(type: string, object: object): WebhookMessage;
  close(): Promise<void>;
};

/** /api/transfers/object */
export type Transfer = {
  readonly id: string;
  readonly object: 'transfer';
  readonly amount: number;
  amount_reversed: number;
  /** Seconds since 1970. */
  readonly created: number;
  readonly currency: string;
  readonly destination: string;
  readonly metadata: Readonly<Record<string, string>>;
  reversed: boolean;
  readonly transfer_group: string | null;
};

type NewTransfer = Pick<Transfer, 'amount' | 'currency' | 'destination'> & Partial<Transfer>;
type Answer = { readonly status: number; readonly body: object };
type Remembered = Answer & { readonly asked: string; readonly at: number };

/** /api/idempotent_requests: "You can remove keys … after they're at least 24 hours old." The double does. */
const memoryMs = 24 * 3_600_000;

/** /api/errors */
const failure = (status: number, type: string, code: string, message: string, param?: string): Answer => ({
  status,
  body: { error: { type, code, message, ...(param && { param }) } },
});

export const startStripeDouble = async (now: () => number): Promise<StripeDouble> => {
  const transfers: Transfer[] = [];
  const messages: WebhookMessage[] = [];
  const calls: string[] = [];
  const webhookSecret = `whsec_${randomBytes(16).toString('hex')}`;
  const app = fastify({ forceCloseConnections: true });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  const sign = (type: string, object: object): WebhookMessage =>
    signEvent(webhookSecret, now(), type, object);

  const add = (fields: NewTransfer): Transfer => {
    const transfer: Transfer = {
      ...{
        id: `tr_${randomBytes(12).toString('hex')}`,
        object: 'transfer',
        amount_reversed: 0,
        reversed: false,
      },
      ...{ created: Math.floor(now() / 1_000), metadata: {}, transfer_group: null },
      ...fields,
    };
    transfers.push(transfer);
    messages.push(sign('transfer.created', transfer));
    return transfer;
  };

  const double: StripeDouble = {
    url: '',
    secretKey: `sk_test_${randomBytes(12).toString('hex')}`,
    webhookSecret,
    accounts: new Set(),
    fault: undefined,
    balance: Number.MAX_SAFE_INTEGER,
    transfers: () => transfers,
    calls: () => calls,
    addByHand: (amount, currency, destination, group) =>
      void add({ amount, currency, destination, transfer_group: group ?? null }),
    reverse: (id, amount) => {
      const transfer = transfers.find((one) => one.id === id);
      if (!transfer || transfer.reversed) return;
      transfer.amount_reversed += amount ?? transfer.amount;
      transfer.reversed = transfer.amount_reversed === transfer.amount;
      messages.push(sign('transfer.reversed', transfer));
    },
    messages: () => messages,
    sign,
    close: () => app.close(),
  };

  app.addHook('onRequest', async (request, reply) => {
    reply.header('date', new Date(now()).toUTCString());
    if (request.headers.authorization === `Bearer ${double.secretKey}`) return;
    // /keys: "Invalid API Key provided", with the key blacked out.
    return send(reply, failure(401, 'invalid_request_error', 'api_key_invalid', 'Invalid API Key provided'));
  });
  addCreating(app, double, add, now);
  addReading(app, double);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return Object.assign(double, { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` });
};

const send = (reply: FastifyReply, { status, body }: Answer): FastifyReply =>
  reply.code(status).header('request-id', 'req_double').send(body);

const addCreating = (
  app: FastifyInstance,
  double: StripeDouble,
  add: (fields: NewTransfer) => Transfer,
  now: () => number,
): void => {
  const remembered = new Map<string, Remembered>();
  const executing = new Set<string>();

  app.post<{ Body: string }>('/v1/transfers', async (request, reply) => {
    // /error-low-level: "the rate limiter runs before the API's idempotency layer".
    if (double.fault === 'refuse') {
      return send(reply, failure(429, 'invalid_request_error', 'rate_limit', 'Too many requests'));
    }
    const key = String(request.headers['idempotency-key'] ?? '');
    double.calls().push(key);
    if (!key || key.length > 255) {
      return send(
        reply,
        failure(400, 'invalid_request_error', 'parameter_invalid', 'Keys have up to 255 characters'),
      );
    }
    // /error-codes: idempotency_key_in_use, HTTP 409.
    if (executing.has(key)) {
      return send(
        reply,
        failure(409, 'idempotency_error', 'idempotency_key_in_use', 'There is another request'),
      );
    }
    const known = remembered.get(key);
    if (known && known.at > now() - memoryMs) {
      // /api/idempotent_requests: "compares incoming parameters to those of the original request and errors
      // if they're not the same".
      if (known.asked !== request.body) {
        return send(
          reply,
          failure(
            400,
            'idempotency_error',
            'idempotency_error',
            'Keys can only be used with the same parameters',
          ),
        );
      }
      // /error-low-level: "Idempotent-Replayed: true".
      return finish(double, request.raw.socket, reply.header('idempotent-replayed', 'true'), known);
    }
    executing.add(key);
    await tick();
    // "Subsequent requests with the same key return the same result, including 500 errors."
    const answer = execute(double, new URLSearchParams(request.body), add);
    remembered.set(key, { ...answer, asked: request.body, at: now() });
    executing.delete(key);
    return finish(double, request.raw.socket, reply, answer);
  });
};

const finish = (
  double: StripeDouble,
  socket: { destroy(): void },
  reply: FastifyReply,
  answer: Answer,
): FastifyReply | undefined => {
  if (double.fault !== 'lose') return send(reply, answer);
  reply.hijack();
  socket.destroy();
  return undefined;
};

/** /api/transfers/create, /error-codes */
const execute = (
  double: StripeDouble,
  asked: URLSearchParams,
  add: (fields: NewTransfer) => Transfer,
): Answer => {
  const amount = Number(asked.get('amount'));
  const destination = asked.get('destination') ?? '';
  const invalid = (code: string, message: string, param?: string): Answer =>
    failure(400, 'invalid_request_error', code, message, param);
  if (!Number.isSafeInteger(amount) || amount < 1)
    return invalid('parameter_invalid_integer', 'Invalid', 'amount');
  if (!double.accounts.has(destination))
    return invalid('resource_missing', 'No such destination', 'destination');
  // "Your Stripe balance must be able to cover the transfer amount, or you'll receive an Insufficient Funds
  // error."
  if (amount > double.balance) return invalid('balance_insufficient', 'You have insufficient funds');
  const metadata = [...asked].flatMap(([name, value]) => {
    const field = /^metadata\[(.+)\]$/.exec(name)?.[1];
    // /api/metadata: "up to 40 characters" per name, "500 characters" per value.
    return field && field.length <= 40 && value.length <= 500 ? [[field, value] as const] : [];
  });
  const transfer = add({
    ...{ amount, destination, currency: asked.get('currency') ?? '' },
    ...{ metadata: Object.fromEntries(metadata), transfer_group: asked.get('transfer_group') },
  });
  if (double.fault === 'broken') return failure(500, 'api_error', 'api_error', 'An error occurred');
  return { status: 200, body: { ...transfer } };
};

/** Currencies in which the platform holds its balance. */
const heldCurrencies = ['usd', 'eur', 'jpy', 'isk', 'mga', 'kwd'];

const addReading = (app: FastifyInstance, double: StripeDouble): void => {
  const transfers = double.transfers();
  // /api/balance/balance_object
  app.get('/v1/balance', () => {
    const available = heldCurrencies.map((currency) => ({ amount: double.balance, currency }));
    return { object: 'balance', available, pending: [], livemode: false };
  });

  app.get<{ Params: { id: string } }>('/v1/transfers/:id', ({ params }, reply) => {
    const transfer = transfers.find(({ id }) => id === params.id);
    if (transfer) return transfer;
    return send(reply, failure(404, 'invalid_request_error', 'resource_missing', 'No such transfer', 'id'));
  });

  // /api/transfers/list: "the most recently created transfers appearing first"; /api/pagination: limit 1 to
  // 100.
  app.get<{ Querystring: Record<string, string> }>('/v1/transfers', ({ query }, reply) => {
    const limit = Number(query.limit ?? 10);
    if (!(limit >= 1 && limit <= 100)) {
      return send(
        reply,
        failure(400, 'invalid_request_error', 'parameter_invalid_integer', 'Invalid', 'limit'),
      );
    }
    const from = Number(query['created[gte]'] ?? 0);
    const to = Number(query['created[lt]'] ?? Number.POSITIVE_INFINITY);
    const found = transfers
      .toReversed()
      .filter(({ created }) => created >= from && created < to)
      .filter(
        ({ transfer_group }) => query.transfer_group === undefined || transfer_group === query.transfer_group,
      );
    const after = query.starting_after ? found.findIndex(({ id }) => id === query.starting_after) + 1 : 0;
    const data = found.slice(after, after + limit);
    return { object: 'list', url: '/v1/transfers', has_more: after + limit < found.length, data };
  });
};

/** /webhooks#verify-manually: HMAC-SHA256 of `<t>.<payload>`, `t` in seconds. */
const signEvent = (secret: string, now: number, type: string, object: object): WebhookMessage => {
  const created = Math.floor(now / 1_000);
  const body = JSON.stringify({
    ...{ id: `evt_${randomBytes(12).toString('hex')}`, object: 'event', api_version: null, created, type },
    data: { object },
  });
  const signature = createHmac('sha256', secret).update(`${created}.${body}`).digest('hex');
  return { headers: { 'stripe-signature': `t=${created},v1=${signature}` }, body: Buffer.from(body) };
};
