import { createAuth } from '@carat/service-kit';
import { expect, it } from 'vitest';
import { describeLinks } from './links.ts';

const secret = 'a-secret-that-only-these-specs-know-about';
const { verify } = createAuth({ CARAT_JWT_SECRET: secret });

const linksOf = async (live: string | undefined) => {
  const lines = await describeLinks('http://127.0.0.1:3000', secret, live);
  return lines.filter((line) => line.includes('#')).map((line) => new URL(line.trim()));
};

it('gives everybody a link with a token of its own, in the part that no server sees', async () => {
  const links = await linksOf('demo-2026-11-23T12:00:00');
  const shown = [];
  for (const { pathname, search, hash } of links) {
    const who = await verify(new URLSearchParams(hash.slice(1)).get('token') ?? '');
    expect(who!.expiresAt - Date.now()).toBeLessThanOrEqual(2 * 3_600_000);
    shown.push([pathname, new URLSearchParams(search).get('live'), who?.sub, who?.roles]);
  }
  const live = 'demo-2026-11-23T12:00:00';
  expect(shown).toEqual([
    ['/room/', live, 'demo-viewer', ['viewer']],
    ['/studio/', live, 'demo-creator', ['creator']],
    ['/overlay/', live, 'demo-overlay', []],
    ['/console/', null, 'operator', ['operator']],
  ]);
});

it('leads to the console where no live plays', async () => {
  expect((await linksOf(undefined)).map(({ pathname }) => pathname)).toEqual(['/console/']);
});
