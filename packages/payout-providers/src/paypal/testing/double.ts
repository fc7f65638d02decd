import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { WebhookMessage } from '../../port.ts';
import * as answers from './answers.ts';
import { type Books, createBooks, type DoubleBatch } from './books.ts';
import { createSigner, type Signer } from './signer.ts';

/**
 * A double of the part of PayPal's REST API that the adapter uses. Each rule names the page it is from;
 * bodies of errors that no page shows are as PayPal's sandbox answered others, who published them.
 */
export type PaypalDouble = {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookId: string;
  readonly books: Books;
  /**
   * `lose`: calls that pay are carried out, and the socket is cut. `refuse`: they are answered 429. Or they
   * are answered so, and not carried out.
   */
  fault: 'lose' | 'refuse' | { readonly status: number; readonly body: unknown } | undefined;
  /** Tokens that were given. */
  tokens(): number;
  /** From now on no token that was given before is taken. */
  forgetTokens(): void;
  /** What was sent to the webhook, in order. */
  messages(): readonly WebhookMessage[];
  /** Signs an event of any type. */
  sign(type: string, resource: object): WebhookMessage;
  close(): Promise<void>;
};

/** "expires_in": 32400 in https://developer.paypal.com/api/rest/authentication/ */
const tokenSeconds = 32_400;

export const startPaypalDouble = async (now: () => number): Promise<PaypalDouble> => {
  const messages: WebhookMessage[] = [];
  const signer = createSigner(now);
  const books = createBooks(now, (type, resource) => messages.push(signer.sign(type, resource)));
  const tokens = new Map<string, number>();
  let given = 0;
  const app = fastify({ forceCloseConnections: true });
  // Bodies stay text: a signature is over bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  const double: PaypalDouble = {
    url: '',
    clientId: 'client-of-the-double',
    clientSecret: 'secret-of-the-double',
    webhookId: signer.webhookId,
    books,
    fault: undefined,
    tokens: () => given,
    forgetTokens: () => tokens.clear(),
    messages: () => messages,
    sign: signer.sign,
    close: () => app.close(),
  };

  app.post('/v1/oauth2/token', (request, reply) => {
    const basic = Buffer.from(`${double.clientId}:${double.clientSecret}`).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`)
      return reply.code(401).send(answers.invalidClient);
    given += 1;
    const token = randomBytes(16).toString('hex');
    tokens.set(token, now() + tokenSeconds * 1_000);
    return { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, scope: '' };
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/v1/oauth2/token') return;
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if ((tokens.get(token) ?? 0) <= now()) return reply.code(401).send(answers.badToken);
  });
  addPayouts(app, double);
  addReporting(app, books, now);
  addVerifying(app, signer);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return Object.assign(double, { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` });
};

const textOf = (request: FastifyRequest): string => request.body as string;

const addPayouts = (app: FastifyInstance, double: PaypalDouble): void => {
  app.post('/v1/payments/payouts', (request, reply) => {
    if (double.fault === 'refuse') return reply.code(429).send(answers.rateLimit);
    if (typeof double.fault === 'object') return reply.code(double.fault.status).send(double.fault.body);
    const { status, body } = create(double, JSON.parse(textOf(request)));
    if (double.fault !== 'lose') return reply.code(status).send(body);
    reply.hijack();
    request.raw.socket.destroy();
  });

  app.get<{ Params: { id: string } }>('/v1/payments/payouts/:id', ({ params }, reply) => {
    const batch = double.books.batch(params.id);
    return batch ? shown(batch, double.url) : reply.code(404).send(answers.unknownBatch);
  });
};

const create = (double: PaypalDouble, asked: answers.Asked): { status: number; body: object } => {
  const invalid = answers.findInvalid(asked);
  if (invalid) return { status: 400, body: answers.validation(invalid) };
  const known = double.books.known(asked.sender_batch_header.sender_batch_id);
  if (known) return { status: 400, body: answers.duplicate(known.id) };
  const batch = double.books.add(asked);
  return { status: 201, body: { batch_header: headerOf(batch), links: linksOf(batch, double.url) } };
};

const headerOf = ({ id, status, senderBatchId, at }: DoubleBatch) => ({
  payout_batch_id: id,
  batch_status: status,
  time_created: new Date(at).toISOString(),
  sender_batch_header: { sender_batch_id: senderBatchId },
});

/** Before a batch is worked on, its items have no status yet. */
const shown = (batch: DoubleBatch, url: string) => ({
  batch_header: headerOf(batch),
  ...(batch.itemStatus && { items: [answers.itemOf(batch)] }),
  links: linksOf(batch, url),
});

const linksOf = ({ id }: DoubleBatch, url: string) => [
  { href: `${url}/v1/payments/payouts/${id}`, rel: 'self', method: 'GET', encType: 'application/json' },
];

const addReporting = (app: FastifyInstance, books: Books, now: () => number): void => {
  app.get<{ Querystring: Record<string, string> }>('/v1/reporting/transactions', ({ query }, reply) => {
    const { status, body } = answers.search(books, query, now());
    return reply.code(status).send(body);
  });
};

/** https://developer.paypal.com/api/webhooks/v1 : verify-webhook-signature */
const addVerifying = (app: FastifyInstance, signer: Signer): void => {
  app.post('/v1/notifications/verify-webhook-signature', (request): { verification_status: string } => ({
    verification_status: signer.verify(textOf(request)) ? 'SUCCESS' : 'FAILURE',
  }));
};
