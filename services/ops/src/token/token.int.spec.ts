import { createAuth, localJwtSecret } from '@carat/service-kit';
import { expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';

const { verify } = createAuth({ CARAT_JWT_SECRET: localJwtSecret });

it('makes a token that says who and what, for as long as was asked', async () => {
  const { code, stdout } = await runCarat([
    'token',
    '--role',
    'viewer',
    'creator',
    '--sub',
    'cleo',
    '--minutes',
    '10',
  ]);
  expect(code).toBe(0);
  const who = await verify(stdout.trim());
  expect(who).toMatchObject({ sub: 'cleo', roles: ['viewer', 'creator'] });
  const left = who!.expiresAt - Date.now();
  expect(left).toBeGreaterThan(8 * 60_000);
  expect(left).toBeLessThanOrEqual(10 * 60_000);
});

it('names somebody after the role, and tells all as JSON', async () => {
  const { stdout } = await runCarat(['token', '--role', 'operator', '--json']);
  const { token, ...told } = JSON.parse(stdout);
  expect(told).toEqual({ sub: 'operator', roles: ['operator'], minutes: 120 });
  expect(await verify(token)).toMatchObject({ sub: 'operator', roles: ['operator'] });
});

it.each([
  [['--role', 'king'], {}, 'king'],
  [['--sub', 'vera'], {}, '--role'],
  [['--role', 'viewer', '--sub', 'a b'], {}, 'characters'],
  [['--role', 'viewer', '--minutes', '0'], {}, 'from 1 to'],
  [['--role', 'viewer'], { NODE_ENV: 'production', CARAT_JWT_SECRET: 'x'.repeat(32) }, 'docs/sign-in.md'],
  [['--role', 'viewer'], { CARAT_JWKS_URL: 'https://id.example/keys' }, 'docs/sign-in.md'],
])('makes none with %j %j', async (args, env, said) => {
  const { code, stdout, stderr } = await runCarat(['token', ...args], env as Record<string, string>);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});
