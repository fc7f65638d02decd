import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import { limits } from '../limits.ts';

/** Stripe's client over connections of its own, which `close` ends. */
export const openClient = (settings: { readonly url: string; readonly secretKey: string }) => {
  const { protocol, hostname, port } = new URL(settings.url);
  const isPlain = protocol === 'http:';
  const agent = isPlain ? new HttpAgent() : new HttpsAgent();
  const stripe = new Stripe(settings.secretKey, {
    host: hostname,
    port: port || (isPlain ? 80 : 443),
    protocol: isPlain ? 'http' : 'https',
    httpClient: callingOnce(Stripe.createNodeHttpClient(agent)),
    maxNetworkRetries: 0,
    timeout: limits.payTimeoutMs,
    telemetry: false,
  });
  return { stripe, close: (): void => agent.destroy() };
};

type HttpClient = ReturnType<typeof Stripe.createNodeHttpClient>;

/**
 * Stripe's client tries a connection that is closed under it (ECONNRESET, EPIPE) once more, whatever it is
 * told. Of two calls only the second's end would be heard of: where that finds nobody there, the first may
 * have paid. So a failure is handed on as one of no code that the client knows.
 */
const callingOnce = (client: HttpClient): HttpClient => ({
  getClientName: () => client.getClientName(),
  makeRequest: async (...request) => {
    try {
      return await client.makeRequest(...request);
    } catch (error) {
      throw new Error('the call to stripe failed', { cause: error });
    }
  },
});
