import { http } from '@carat/protocol';
import { answerOps } from '@carat/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Routes } from './route.ts';

const tags = ['Service'];
const noToken: [] = [];

const readiness = z.object({ ok: z.boolean(), checks: z.record(z.string(), z.string()) });
const liveness = z.object({ ok: z.boolean() });

/** What is open to everyone: where the gateway is, and how this process does. */
export const serviceRoutes: Routes = (app, { gatewayUrl, health, metrics }) => {
  const answer = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    answerOps(request.raw, reply.raw, { health, metrics });
  };

  app.get(
    '/config',
    {
      schema: {
        summary: 'Where a client finds the gateway',
        tags,
        security: noToken,
        response: { 200: http.clientConfig },
      },
    },
    async () => ({ gateway: gatewayUrl }),
  );

  app.get(
    '/livez',
    {
      schema: {
        summary: 'Whether this process runs',
        tags,
        security: noToken,
        response: { 200: liveness },
      },
    },
    answer,
  );

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether this process can do its work, and what keeps it from it',
        tags,
        security: noToken,
        response: { 200: readiness, 503: readiness },
      },
    },
    answer,
  );

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'What this process counts, for Prometheus',
        tags,
        security: noToken,
        response: { 200: { content: { 'text/plain': { schema: z.string() } } } },
      },
    },
    answer,
  );
};
