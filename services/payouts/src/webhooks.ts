import { createServer } from 'node:http';
import { parsePayoutKey } from '@carat/domain';
import { type PayoutProvider, WebhookRefused } from '@carat/payout-providers';
import { answerOps, type Logger, type Ops } from '@carat/service-kit';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { limits } from './limits.ts';
import type { PayoutsMetrics } from './metrics.ts';
import type { Outcomes } from './paying/outcomes.ts';

type Dependencies = {
  readonly providers: ReadonlyMap<string, PayoutProvider>;
  readonly outcomes: Pick<Outcomes, 'book'>;
  readonly ops: Ops;
  readonly log: Logger;
  readonly metrics: PayoutsMetrics;
};

type Hook = FastifyRequest<{ Params: { provider: string }; Body: Buffer }>;

/**
 * The service's own server: what providers tell at POST /webhooks/:provider, and what operators ask. A
 * provider is answered 2xx only once what it told is in the log, or known to be: until then it tells again.
 */
export const buildServer = ({ providers, outcomes, ops, log, metrics }: Dependencies) => {
  const app = Fastify({
    bodyLimit: limits.maxWebhookBytes,
    logger: false,
    serverFactory: (handler) =>
      createServer((request, response) => {
        if (!answerOps(request, response, ops)) handler(request, response);
      }),
  });
  // Signatures are over the bytes as they came, whatever they are said to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  let atOnce = 0;

  /** @throws WebhookRefused, ProviderError, EventStoreError */
  const take = async (provider: PayoutProvider, { headers, body }: Hook): Promise<void> => {
    const flat = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    const notices = await provider.readWebhook({ headers: flat, body: body ?? Buffer.alloc(0) });
    if (notices.length === 0) metrics.webhooks.inc({ provider: provider.name, result: 'other' });
    for (const { key, state } of notices) {
      const of = parsePayoutKey(key);
      const result = of ? await outcomes.book({ provider: provider.name, ...of }, state) : 'unknown';
      metrics.webhooks.inc({ provider: provider.name, result });
    }
  };

  const answerFailure = (name: string, error: unknown, reply: FastifyReply): FastifyReply => {
    if (error instanceof WebhookRefused) {
      metrics.webhooks.inc({ provider: name, result: 'refused' });
      log.warn({ provider: name, reason: error.message }, 'a webhook is refused');
      return reply.code(401).send({ error: 'This message is not proved to be from the provider.' });
    }
    metrics.webhooks.inc({ provider: name, result: 'failed' });
    log.warn({ err: error, provider: name }, 'a webhook could not be taken up');
    return sendLater(reply);
  };
  const sendLater = (reply: FastifyReply): FastifyReply =>
    reply
      .code(503)
      .header('retry-after', String(limits.webhookRetrySeconds))
      .send({ error: 'Send it again later.' });

  app.post('/webhooks/:provider', async (request: Hook, reply) => {
    const provider = providers.get(request.params.provider);
    if (provider === undefined) return reply.code(404).send({ error: 'No such provider is configured.' });
    if (atOnce >= limits.webhooksAtOnce) return sendLater(reply);
    atOnce += 1;
    try {
      await take(provider, request);
      return await reply.code(204).send();
    } catch (error) {
      return answerFailure(provider.name, error, reply);
    } finally {
      atOnce -= 1;
    }
  });
  return app;
};
