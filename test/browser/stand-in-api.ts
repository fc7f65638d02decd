import { join } from 'node:path';
import { projectRoot } from '@carat/local';
import { http } from '@carat/protocol';
import Fastify from 'fastify';
import { mountPages } from '../../services/api/src/pages.ts';

/** What operators are told; undefined: the api does not answer. */
export type Told = { readonly status: http.SystemStatus; readonly proof: http.Conservation } | undefined;

export type StandInApi = {
  readonly url: string;
  tell(told: Told): void;
  close(): Promise<void>;
};

/** The pages as the api serves them, and over real HTTP what an api in any state would tell operators. */
export const startStandInApi = async (): Promise<StandInApi> => {
  let told: Told;
  const app = Fastify();
  mountPages(app, join(projectRoot, 'services/studio/dist'), 'http://127.0.0.1');
  app.addHook('preHandler', async (request, reply) => {
    if (request.url.startsWith('/operators/') && told === undefined) reply.hijack().raw.destroy();
  });
  app.get('/operators/status', async () => http.systemStatus.parse(told?.status));
  app.get('/operators/proof', async () => http.conservation.parse(told?.proof));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    tell: (next) => {
      told = next;
    },
    close: () => app.close(),
  };
};
