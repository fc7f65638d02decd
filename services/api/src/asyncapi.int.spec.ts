import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { startApi } from './testing/api-under-test.ts';

const require = createRequire(import.meta.url);
const schema = require('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;

type Document = {
  channels: { gateway: { messages: Record<string, { name: string; payload: object }> } };
  operations: Record<
    string,
    { action: string; messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } }
  >;
};

const read = async (gatewayUrl: string): Promise<Document> => {
  const api = await startApi({ gatewayUrl });
  const response = await api.app.inject('/asyncapi.json');
  await api.close();
  expect(response.headers['content-type']).toMatch('application/json');
  return response.json();
};

it('is an AsyncAPI 3 document', async () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const validate = ajv.compile(schema);
  for (const url of ['http://127.0.0.1:3001', 'wss://gateway.example']) {
    const document = await read(url);
    expect(validate(document), JSON.stringify(validate.errors?.slice(0, 5))).toBe(true);
  }
  expect(validate({ ...(await read('http://127.0.0.1:3001')), channels: 5 })).toBe(false);
});

/** The events of both directions, as the types in the protocol name them. */
const eventsOf = (type: string): string[] => {
  const text = readFileSync(new URL('../../../packages/protocol/src/sockets.ts', import.meta.url), 'utf8');
  const [, body = ''] = new RegExp(`export type ${type} = {\\n([\\s\\S]*?)\\n};`).exec(text) ?? [];
  return [...body.matchAll(/^ {2}'?([a-z:]+)'?: \(/gm)].map(([, event]) => event!);
};

it('tells of every event that there is, and of no other', async () => {
  const { channels, operations } = await read('http://127.0.0.1:3001');
  const { messages } = channels.gateway;
  const namesOf = (action: string) =>
    Object.values(operations)
      .filter((operation) => operation.action === action)
      .flatMap((operation) => operation.messages.map(({ $ref }) => messages[$ref.split('/').at(-1)!]!.name));
  const [sent, received] = [eventsOf('ClientToServer'), eventsOf('ServerToClient')];
  expect(sent).toContain('gift:send');
  expect(received).toContain('live:feed');
  expect(namesOf('receive').toSorted()).toEqual(sent.toSorted());
  expect(namesOf('send').toSorted()).toEqual([...received, 'connect_error'].toSorted());
});

it('has no $ref without its message, and an answer and a refusal for everything that is asked', async () => {
  const { channels, operations } = await read('http://127.0.0.1:3001');
  const refs = [...JSON.stringify(operations).matchAll(/"#\/channels\/gateway\/messages\/(\w+)"/g)];
  expect(new Set(refs.map(([, name]) => name))).toEqual(new Set(Object.keys(channels.gateway.messages)));
  for (const { action, reply } of Object.values(operations)) {
    expect(reply?.messages.length ?? 0).toBe(action === 'receive' ? 2 : 0);
  }
  expect(JSON.stringify(channels)).not.toContain('#/definitions');
});

it('has payloads that hold what is sent', async () => {
  const { messages } = (await read('http://127.0.0.1:3001')).channels.gateway;
  const validate = new Ajv({ strict: false }).compile(messages.giftSend!.payload);
  const claim = { combo: '019ac000-0000-7000-8000-000000000001', live: 'l1', gift: 'rose', count: 4 };
  expect(validate(claim)).toBe(true);
  for (const wrong of [
    { ...claim, count: 0 },
    { ...claim, combo: 'x' },
    { ...claim, more: 1 },
    { live: 'l1' },
  ]) {
    expect(validate(wrong)).toBe(false);
  }
});
