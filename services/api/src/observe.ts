import { refuse } from '@carat/protocol';
import type { Metrics } from '@carat/service-kit';
import { limits } from './limits.ts';
import type { App } from './routes/route.ts';

/** Measures and logs every request of a scope, and refuses those above `maxRequestsInFlight`. */
export const observeRequests = (
  app: App,
  metrics: Metrics,
  maxInFlight: number = limits.maxRequestsInFlight,
): void => {
  let inFlight = 0;
  const seconds = metrics.histogram({
    name: 'carat_http_request_seconds',
    help: 'From a request to its answer',
    labels: ['method', 'route', 'status'],
  });
  metrics.gauge({ name: 'carat_http_requests_in_flight', help: 'Requests under way' }, (gauge) =>
    gauge.set(inFlight),
  );

  app.addHook('onRequest', async (_, reply) => {
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
    if (inFlight > maxInFlight)
      return reply.send(refuse('overloaded', { retryAfterMs: limits.retryAfterMs }));
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe({ method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    request.log.debug(
      { method, url: request.url, status: reply.statusCode, ms: reply.elapsedTime },
      'request',
    );
  });
};
