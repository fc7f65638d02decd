import { http, type RefusalCode, redemptions, refusal, refusals } from '@carat/protocol';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import manifest from '../package.json' with { type: 'json' };
import { describeSockets } from './asyncapi.ts';

/** What is answered, under the names and with the descriptions it has in the document. */
const named = {
  Live: [http.live, 'A live: whose it is, and when it ran'],
  Block: [http.block, 'Whether the live takes gifts from the viewer'],
  Blocks: [http.blocks, 'Viewers that are blocked, by their ids'],
  LiveMinutes: [http.liveMinutes, 'What was booked, by the minute'],
  Gift: [http.gift, 'An entry of the catalogue'],
  DiamondRate: [http.diamondRate, 'What a coin earns from an instant on'],
  MoneyRate: [redemptions.moneyRate, 'What a diamond is worth in a currency from an instant on'],
  Quote: [redemptions.quoteLines, 'What diamonds come to, line by line'],
  Redemption: [redemptions.redemption, 'A redemption as it stands'],
  RedemptionPage: [redemptions.redemptionPage, 'Redemptions, newest first'],
  RedemptionTold: [redemptions.redemptionTold, 'A redemption, with all that happened to it'],
  Balance: [redemptions.balance, 'What became of a creator’s diamonds'],
  SettledDays: [redemptions.settledDays, 'Settled days, newest first'],
  SettledGifts: [redemptions.settledGifts, 'Bookings behind a settled day, in log order'],
  PayoutsState: [redemptions.payoutsState, 'How settlement, redemptions and payouts stand'],
  Standing: [redemptions.standing, 'What the platform said of a creator'],
  Statement: [redemptions.statement, 'What was earned and paid in a period'],
  IssuedStatement: [redemptions.issuedStatement, 'A statement as it was issued'],
  Grant: [http.grant, 'The grant as it was made'],
  Wallet: [http.wallet, 'What a viewer can spend'],
  Combo: [http.combo, 'How a combo stands in the log'],
  Totals: [http.totals, 'What a live has brought in'],
  Board: [http.board, 'Who is ahead, best first'],
  DefinedBoard: [http.definedBoard, 'Whom a board ranks, and which bookings count'],
  Earnings: [http.earnings, 'What a creator has earned'],
  CreatorLives: [http.creatorLives, 'Lives, newest first'],
  CreatorDays: [http.creatorDays, 'What was booked, by the day'],
  Feed: [http.feed, 'Bookings in the order of the log'],
  SystemStatus: [http.systemStatus, 'How the system stands, as far as it can be seen'],
  Conservation: [http.conservation, 'Sums of the log and of the numbers, and whether they agree'],
  ClientConfig: [http.clientConfig, 'What a client needs to begin with'],
  Refusal: [refusal, 'Why not, and whether the very same request can succeed later'],
} as const;
for (const [id, [schema, description]] of Object.entries(named)) {
  z.globalRegistry.add(schema, { id, description });
}

const info = {
  title: 'Carat',
  version: manifest.version,
  description:
    'Lives, gifts, wallets and numbers. Gifts are sent over the gateway’s socket (see `GET /config`), ' +
    'which `/asyncapi.json` describes.\n\n' +
    'Whatever is refused is answered with a `Refusal`: a code of one closed list, and whether the very ' +
    'same request can succeed later. Numbers say as of which generation and position they are; two with ' +
    'the same one always agree. Coins are integers; diamonds are thousandths, `millidiamonds`; instants ' +
    'are ms since 1970.',
};

const tags = [
  { name: 'Lives', description: 'Starting and ending lives, and what they bring in' },
  { name: 'Catalogue', description: 'What can be sent, and for how much' },
  { name: 'Rates', description: 'What a coin earns, and what a diamond is worth' },
  { name: 'Wallets', description: 'What viewers hold and have sent' },
  { name: 'Creators', description: 'What creators earn' },
  { name: 'Redemptions', description: 'How diamonds become money' },
  { name: 'Statements', description: 'What was earned and paid in a month or a year' },
  { name: 'Standing', description: 'What the platform says of creators' },
  { name: 'Boards', description: 'Who is ahead' },
  { name: 'Operators', description: 'How the system does, for whoever runs it' },
  { name: 'Service', description: 'How to find the gateway, and how this process does' },
];

/** What a route of the API proper asks of its caller. */
export const signedIn = [{ bearer: [] }];

/**
 * Describes the API, at /openapi.json, and as pages at /docs; and the gateway's sockets, at /asyncapi.json.
 * Routes must be registered after it.
 */
export const registerOpenApi = (app: FastifyInstance, gatewayUrl: string): void => {
  const sockets = describeSockets(gatewayUrl);
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      tags,
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => finish(jsonSchemaTransformObject(document)),
  });
  app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { validatorUrl: null },
    staticCSP: true,
    // The pages may well be served without TLS, as they are on one machine.
    transformStaticCSP: (policy) => policy.replace('upgrade-insecure-requests;', ''),
  });
  app.register(async (scope) => {
    scope.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
    scope.get('/asyncapi.json', { schema: { hide: true } }, async () => sockets);
  });
};

type Finish = (document: ReturnType<typeof jsonSchemaTransformObject>) => typeof document;

/** Drops the second edition of each named schema, for requests, which none uses; says what is answered. */
const finish: Finish = (document) => {
  const schemas = ('components' in document && document.components?.schemas) || {};
  for (const id of Object.keys(schemas)) if (!(id in named)) delete schemas[id];
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path as Record<string, Operation>)) {
      for (const response of Object.values(operation.responses)) {
        if (response.description === 'Default Response') response.description = describe(response);
      }
    }
  }
  return document;
};

type Answer = { description: string; content?: Record<string, { schema: { $ref?: string } }> };
type Operation = { responses: Record<string, Answer> };

const describe = ({ content = {} }: Answer): string => {
  const id = Object.values(content)[0]?.schema.$ref?.split('/').at(-1) ?? '';
  return id in named ? named[id as keyof typeof named][1] : 'What was asked for';
};

type Refusing = { readonly '4xx': typeof refusal; readonly '5xx': typeof refusal };

/** The refusals of a route, by the statuses they are answered with. */
export const refusing = (...codes: readonly RefusalCode[]): Refusing => {
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of codes) {
    const { status } = refusals[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const described = [...byStatus].map(([status, among]) => [
    status,
    {
      description: among.map((code) => `\`${code}\`: ${refusals[code].meaning}`).join('\n\n'),
      content: { 'application/json': { schema: refusal } },
    },
  ]);
  return Object.fromEntries(described) as Refusing;
};

/** Every route that asks for a token can refuse so; beside it `codes`, its own. */
export const refusingSignedIn = (...codes: readonly RefusalCode[]): Refusing =>
  refusing('invalid', 'unauthenticated', 'overloaded', ...codes);
