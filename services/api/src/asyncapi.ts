import {
  type ClientToServer,
  claim,
  liveFeed,
  liveName,
  liveSnapshot,
  liveTick,
  missedBookings,
  missedPage,
  receipt,
  refusal,
  type ServerToClient,
  tokenRenewal,
  welcome,
} from '@carat/protocol';
import { z } from 'zod';
import manifest from '../package.json' with { type: 'json' };

type Asked = { readonly says: z.ZodType; readonly answers: z.ZodType; readonly means: string };
type Told = { readonly says: z.ZodType; readonly means: string };

const expiry = z.object({ expiresAt: z.int().describe('ms since 1970') });

/** What a client may send; each is answered by an acknowledgement. */
const asked: { readonly [event in keyof ClientToServer]: Asked } = {
  'gift:send': {
    says: claim,
    answers: receipt,
    means:
      'This combo has now reached `count`. It is cumulative: saying it again is harmless, and a higher ' +
      'count stands for all below it. Answered once it is decided and on disk.',
  },
  'live:watch': {
    says: liveName,
    answers: liveSnapshot,
    means: 'Enters the room of a live and answers how it stands; ticks and feed go on from there.',
  },
  'live:missed': {
    says: missedBookings,
    answers: missedPage,
    means: 'Bookings after a place, page by page: for whoever was away, or was told of a gap by `live:feed`.',
  },
  'live:leave': { says: liveName, answers: z.object({}), means: 'Leaves the room of a live.' },
  'token:renew': {
    says: tokenRenewal,
    answers: expiry,
    means: 'A newer token of the same `sub`; the connection then ends with that one.',
  },
};

/** What the gateway tells. */
const told: { readonly [event in keyof ServerToClient]: Told } = {
  welcome: { says: welcome, means: 'The first message: who one is here, and the server’s time.' },
  'live:tick': {
    says: liveTick,
    means: 'The numbers of a watched live. The last one wins; under load some are left out.',
  },
  'live:feed': {
    says: liveFeed,
    means:
      'Bookings of a watched live, in the order of the log, all that came after `after`. Where that is ' +
      'null or later than what was seen, `live:missed` brings what is in between.',
  },
};

/** What the gateway answers instead of letting somebody in, as Socket.IO's `connect_error`. */
const connectError = z.object({ message: z.string(), data: refusal.optional() });

/** Without what the OpenAPI document registers for itself. */
const ownNames = z.registry<Record<string, never>>();

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-7', metadata: ownNames });
  return rest;
};

const camel = (event: string): string => event.replace(/:(\w)/g, (_, first: string) => first.toUpperCase());
const inChannel = (name: string) => ({ $ref: `#/channels/gateway/messages/${name}` });
const gateway = { $ref: '#/channels/gateway' };
const shown = <Entry>(
  entries: Readonly<Record<string, Entry>>,
  show: (entry: Entry, event: string) => object,
) => Object.fromEntries(Object.entries(entries).map(([event, entry]) => [camel(event), show(entry, event)]));
const answerOf = (event: string): string => `${camel(event)}Answer`;

const messages = {
  ...shown(asked, ({ says, means }, name) => ({ name, summary: means, payload: schemaOf(says, 'input') })),
  ...Object.fromEntries(
    Object.entries(asked).map(([event, { answers }]) => [
      answerOf(event),
      {
        name: `${event} (acknowledgement)`,
        summary: `The answer to \`${event}\`, or else a refusal.`,
        payload: schemaOf(answers, 'output'),
      },
    ]),
  ),
  ...shown(told, ({ says, means }, name) => ({ name, summary: means, payload: schemaOf(says, 'output') })),
  refusal: {
    name: 'refusal (acknowledgement)',
    summary: 'Why not, and whether the very same message can succeed later. Nothing was booked by it.',
    payload: schemaOf(refusal, 'output'),
  },
  connectError: {
    name: 'connect_error',
    summary: 'Instead of a welcome: `data` says why, and whether another attempt can succeed.',
    payload: schemaOf(connectError, 'output'),
  },
};

const operations = {
  ...shown(asked, ({ means }, event) => ({
    action: 'receive',
    channel: gateway,
    summary: means,
    messages: [inChannel(camel(event))],
    reply: { channel: gateway, messages: [inChannel(answerOf(event)), inChannel('refusal')] },
  })),
  ...shown(told, ({ means }, event) => ({
    action: 'send',
    channel: gateway,
    summary: means,
    messages: [inChannel(camel(event))],
  })),
  connectError: {
    action: 'send',
    channel: gateway,
    summary: 'Refuses a connection.',
    messages: [inChannel('connectError')],
  },
};

const wire =
  'Socket.IO 4 (its protocol 5 over Engine.IO 4), by WebSocket only, in the default namespace. The token ' +
  'goes into the CONNECT packet, as `token`. Every message is an EVENT packet: its name, and one JSON ' +
  'object. What a client sends carries an acknowledgement id; the answer comes back as the ACK packet of ' +
  'that id, a single object, which is a refusal where it has `refused`. How to speak it without a library ' +
  'is told in docs/own-client.md.';

/** Describes the gateway's sockets as AsyncAPI 3, from the very schemas that messages are parsed with. */
export const describeSockets = (gatewayUrl: string): object => {
  const { host, protocol } = new URL(gatewayUrl);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Carat: the gateway’s sockets', version: manifest.version, description: wire },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host,
        protocol: /^(https|wss):$/.test(protocol) ? 'wss' : 'ws',
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: {
      gateway: {
        address: '/socket.io/',
        description: wire,
        messages,
        bindings: { ws: { method: 'GET', query: webSocketQuery, bindingVersion: '0.1.0' } },
      },
    },
    operations,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'In the CONNECT packet: `{"token": "…"}`. See docs/sign-in.md.',
        },
      },
    },
  };
};

const webSocketQuery = {
  type: 'object',
  properties: { EIO: { const: '4' }, transport: { const: 'websocket' } },
  required: ['EIO', 'transport'],
};
