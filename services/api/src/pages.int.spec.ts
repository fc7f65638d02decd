import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pagePaths } from './pages.ts';
import { startApi } from './testing/api-under-test.ts';

let dir: string;
let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carat-pages-'));
  for (const path of pagePaths) {
    await mkdir(join(dir, path), { recursive: true });
    await writeFile(join(dir, path, 'index.html'), `<!doctype html><title>${path}</title>`);
  }
  await mkdir(join(dir, 'assets'));
  await writeFile(join(dir, 'assets/room-a1b2.js'), 'export {};');
  await writeFile(join(dir, '.env'), 'SECRET=1');
  api = await startApi({ pagesDir: dir, gatewayUrl: 'https://gateway.test' });
});
afterAll(async () => {
  await api.close();
  await rm(dir, { recursive: true, force: true });
});

describe('the pages', () => {
  it.each(pagePaths)('%s is served, asked for anew each time, by GET and HEAD', async (path) => {
    const page = await api.app.inject(`${path}?live=l1`);
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toMatch('text/html');
    expect(page.body).toContain(`<title>${path}</title>`);
    expect(page.headers['cache-control']).toBe('no-cache');
    const head = await api.app.inject({ method: 'HEAD', url: path });
    expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, '', page.headers.etag]);
    const headers = { 'if-none-match': String(page.headers.etag) };
    expect((await api.app.inject({ url: path, headers })).statusCode).toBe(304);
  });

  it('run their own scripts, talk to the gateway, and are framed by nobody', async () => {
    const { headers } = await api.app.inject('/overlay/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' https://gateway.test wss://gateway.test;");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('bring files that are named after their content, which are kept for good', async () => {
    const file = await api.app.inject('/assets/room-a1b2.js');
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(file.headers['content-type']).toMatch('javascript');
  });

  it('are found without the slash at the end, and nothing else is', async () => {
    const moved = await api.app.inject('/room?live=l1');
    expect([moved.statusCode, moved.headers.location]).toEqual([301, '/room/?live=l1']);
    for (const path of [
      '/nothing',
      '/assets/',
      '/.env',
      '/assets/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
    ]) {
      const missing = await api.app.inject(path);
      expect([path, missing.statusCode, missing.json().refused]).toEqual([path, 404, 'not_found']);
    }
    expect((await api.app.inject({ method: 'POST', url: '/room/' })).json().refused).toBe('not_found');
  });

  it('that are not built say how to build them', async () => {
    const bare = await startApi({ pagesDir: join(dir, 'missing') });
    for (const path of pagePaths) {
      const page = await bare.app.inject(path);
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain('npm run build -w @carat/studio');
      expect(page.headers['cache-control']).toBe('no-store');
    }
    expect((await bare.app.inject('/nothing')).statusCode).toBe(404);
    await bare.close();
  });
});
