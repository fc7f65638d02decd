import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { isRefusal, refusals, refuse } from '@carat/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { describeError } from './errors.ts';
import type { App } from './routes/route.ts';

/**
 * How this service takes up requests and answers them, whatever the route: schemas are zod's; handlers return
 * refusals as values, and one hook gives them their status; whatever is thrown becomes a refusal too.
 */
export const setUpAnswering = (app: App): void => {
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (input) => {
    const parsed = schema.safeParse(input);
    return parsed.success ? { value: parsed.data } : { error: parsed.error };
  });
  app.setSerializerCompiler(serializerCompiler);
  acceptEmptyJson(app);
  app.addHook('preSerialization', async (_, reply, payload) => {
    setStatus(reply, payload);
    return payload;
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_, reply) => reply.send(refuse('not_found')));
};

/** A request without a body may be declared as JSON all the same, as some clients always do. */
const acceptEmptyJson = (app: App): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
};

const setStatus = (reply: FastifyReply, payload: unknown): void => {
  if (typeof payload !== 'object' || payload === null || !isRefusal(payload)) return;
  const { refused, retryAfterMs } = payload;
  reply.code(refusals[refused].status);
  if (refused === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
};

const reads: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Answers whatever was thrown; only faults of this service are logged, and nothing of them is told. */
export const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const { refusal, fault } = describeError(error, !reads.includes(request.method));
  if (fault) {
    // Of the address its path alone: what somebody put into its query may be a secret.
    const [path] = request.url.split('?');
    request.log.error({ err: error, method: request.method, path }, 'a request failed');
  }
  // What the framework itself refuses does not come by the hook.
  setStatus(reply, refusal);
  return reply.send(refusal);
};

/** What is no HTTP gets no route: it is answered on the bare socket, which is then closed. */
export const answerGarbage = (_: Error, socket: Socket): void => {
  if (!socket.writable) return;
  const { status } = refusals.invalid;
  const body = JSON.stringify(
    refuse('invalid', { path: '', message: 'This is not HTTP, or too much of it.' }),
  );
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
