import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { buildApi } from './app.ts';
import { pagePaths } from './pages.ts';
import type { App } from './routes/route.ts';
import { createLog, dependenciesOf } from './testing/api-under-test.ts';

type Operation = {
  summary?: string;
  tags?: string[];
  security?: object[];
  responses: Record<string, { description: string }>;
};
type Document = {
  openapi: string;
  info: { title: string; version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};

let log: Awaited<ReturnType<typeof createLog>>;
let app: App;
let document: Document;

beforeAll(async () => {
  log = await createLog();
  app = buildApi(dependenciesOf(await log.open()));
  await app.ready();
  const response = await app.inject('/openapi.json');
  expect(response.headers['content-type']).toMatch('application/json');
  document = response.json();
});
afterAll(async () => {
  await app.close();
  await log.remove();
});

/** What Fastify itself answers to, from its own print of the routes. */
const registered = (): string[] => {
  const seen: string[] = [];
  const stack: { depth: number; path: string }[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^([│ ]*)[├└]── (\S*)(?: \((.*)\))?$/.exec(line);
    if (!match) continue;
    const depth = match[1]!.length;
    while (stack.length > 0 && stack.at(-1)!.depth >= depth) stack.pop();
    const path = (stack.at(-1)?.path ?? '') + match[2];
    stack.push({ depth, path });
    for (const method of match[3]?.split(', ') ?? []) seen.push(`${method} ${path}`);
  }
  return seen;
};

const isPage = (path: string): boolean =>
  /^\/(docs|openapi\.json|asyncapi\.json)/.test(path) || (pagePaths as readonly string[]).includes(path);

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );

describe('the OpenAPI document', () => {
  it('names the service and its version', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Carat', version: manifest.version });
  });

  it('holds every route that is registered, and nothing else', () => {
    const served = registered()
      .filter((route) => !route.startsWith('HEAD ') && !isPage(route.replace('GET ', '')))
      .map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
    expect(served.length).toBeGreaterThanOrEqual(20);
    expect(
      operations()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(served.toSorted());
  });

  it('describes each with a summary, a known tag, security and its refusals', () => {
    const known = document.tags.map(({ name }) => name);
    for (const { name, operation } of operations()) {
      expect(operation.summary, name).toBeTruthy();
      expect(known, name).toContain(operation.tags?.[0]);
      const isOpen = operation.tags?.[0] === 'Service';
      expect(operation.security, name).toEqual(isOpen ? [] : [{ bearer: [] }]);
      expect(Object.keys(operation.responses), name).toContain('200');
      for (const { description } of Object.values(operation.responses)) {
        expect(description, name).not.toBe('Default Response');
      }
      if (!isOpen)
        expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['400', '401', '503']));
    }
  });

  it('leaves no $ref without its schema, and no schema without a $ref', () => {
    const text = JSON.stringify(document);
    const refs = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => ref!);
    expect(refs.length).toBeGreaterThan(20);
    const named = Object.keys(document.components.schemas).map((id) => `#/components/schemas/${id}`);
    expect([...new Set(refs)].toSorted()).toEqual(named.toSorted());
  });

  it('is shown as pages', async () => {
    const page = await app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('swagger-ui');
    expect(page.headers['content-security-policy']).toMatch(/default-src 'self'(?!.*upgrade-insecure)/);
  });
});
