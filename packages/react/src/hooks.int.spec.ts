import { refuse } from '@carat/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startGateway, type TestGateway, unknownLive } from '../../client/src/gateway.fixture.ts';
import { booking } from '../../client/src/log.fixture.ts';
import { bundle, launchBrowser, openFolder } from '../../client/src/page.fixture.ts';

const soon = { timeout: 10_000, interval: 20 };

/** A page that shows all that the hooks say, and lets them be given something else. */
const program = `
import { useCarat, useFeed, useLive, useSendGift, useShown } from '@carat/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

const Late = ({ watching }) => {
  window.late = [useFeed(watching).bookings, useShown(watching).combos].map((all) => all.length);
  return null;
};
const Hooks = ({ live = 'l', gift = 'rose', token = 't', late }) => {
  const { carat, ...connected } = useCarat({ url: location.origin, token });
  const { watching, ...view } = useLive(carat, live);
  const feed = useFeed(watching, 3);
  const shown = useShown(watching, { bannerCoins: 5 });
  const { tap, ...sending } = useSendGift(carat, { live, gift });
  const error = connected.error ?? view.error ?? sending.error;
  Object.assign(window, { tap, seen: { connected, view, feed, shown, sending, error: error?.message } });
  return late && <Late watching={watching} />;
};
const Page = () => {
  const [props, set] = useState({});
  window.give = set;
  return props && <Hooks {...props} />;
};
createRoot(document.body).render(<StrictMode><Page /></StrictMode>);
`;

let folder: Awaited<ReturnType<typeof openFolder>>;
let browser: Browser;
let script: string;
let gateway: TestGateway;
let page: Page;

beforeAll(async () => {
  [folder, browser] = await Promise.all([openFolder(), launchBrowser()]);
  script = await bundle(folder.dir, 'hooks.jsx', program);
});
afterAll(async () => {
  await browser?.close();
  await folder?.remove();
});
beforeEach(async () => {
  gateway = await startGateway();
  gateway.pages.set('/', { type: 'text/html', body: '<body><script type="module" src="/page.js"></script>' });
  gateway.pages.set('/page.js', { type: 'text/javascript', body: script });
  page = await browser.newPage();
});
afterEach(async () => {
  await page.close();
  await gateway.close();
});

const seen = () => expect.poll(() => page.evaluate('globalThis.seen'), soon);
const tell = (live: string, after: string, ...positions: string[]) =>
  gateway.io.to(live).emit('live:feed', {
    live,
    asOf: { generation: 'g1', position: positions.at(-1)! },
    after,
    bookings: positions.map((position) => booking(position, { coins: 9 })),
  });

it('hooks follow the connection, the live and what comes of it', async () => {
  gateway.snapshot = (live) => ({ ...unknownLive, live, title: live });
  await page.goto(gateway.url);
  await seen().toMatchObject({
    connected: { status: 'connected' },
    view: { status: 'live', snapshot: { title: 'l' } },
  });
  tell('l', '1', '2', '3', '4', '5');
  await seen().toMatchObject({
    feed: { bookings: [{ position: '5' }, { position: '4' }, { position: '3' }], gaps: 0 },
    shown: { combos: [{ gifts: 4 }], banners: { showing: { coins: 36 } } },
  });
  gateway.page = () => refuse('forbidden');
  gateway.cutAll();
  await seen().toMatchObject({ connected: { status: 'lost' }, view: { status: 'waiting' } });
  await seen().toMatchObject({
    connected: { status: 'connected' },
    view: { status: 'live' },
    feed: { gaps: 1 },
  });

  await page.evaluate('give({ live: "other" })');
  await seen().toMatchObject({
    view: { snapshot: { title: 'other' } },
    feed: { bookings: [], gaps: 0 },
    shown: { combos: [] },
  });
  expect(gateway.left).toContain('l');
  gateway.snapshot = () => refuse('live_unknown');
  await page.evaluate('give({ live: "nowhere" })');
  await seen().toMatchObject({ view: { status: 'closed' }, error: expect.stringMatching(/^live_unknown/) });
  await page.evaluate('give(null)');
  await vi.waitFor(() => expect(gateway.io.engine.clientsCount).toBe(0), soon);
});

it('taps count, are refused, and begin anew with another gift', async () => {
  await page.goto(gateway.url);
  await seen().toMatchObject({ connected: { status: 'connected' }, sending: { count: 0 } });
  await page.evaluate('tap(), tap(), tap()');
  await seen().toMatchObject({ sending: { count: 3, receipt: { count: 3 } } });
  gateway.script = () => refuse('gift_retired');
  await page.evaluate('void tap()');
  await seen().toMatchObject({
    sending: { receipt: { count: 3 } },
    error: expect.stringMatching(/^gift_retired/),
  });
  await page.evaluate('give({ gift: "lily" })');
  await seen().toMatchObject({ sending: { count: 0 } });
  gateway.script = () => undefined;
  await page.evaluate('void tap()');
  await seen().toMatchObject({ sending: { count: 1, receipt: { count: 1 } } });
  expect(gateway.arrived.at(-1)?.gift).toBe('lily');
});

it('a component that comes later is told what was heard before', async () => {
  await page.goto(gateway.url);
  await seen().toMatchObject({ view: { status: 'live' } });
  tell('l', '1', '2', '3');
  await seen().toMatchObject({ feed: { bookings: [{ position: '3' }, { position: '2' }] } });
  await page.evaluate('give({ late: true })');
  await expect.poll(() => page.evaluate('globalThis.late'), soon).toEqual([2, 1]);
  tell('l', '3', '4');
  await expect.poll(() => page.evaluate('globalThis.late'), soon).toEqual([3, 1]);
});

it('says why it is not let in, and goes on trying', async () => {
  gateway.door = () => refuse('overloaded', { retryAfterMs: 1 });
  await page.goto(gateway.url);
  await seen().toMatchObject({
    connected: { status: 'connecting' },
    view: { status: 'waiting' },
    error: expect.stringMatching(/^overloaded/),
  });
  gateway.door = (token) => (token === 'good' ? undefined : refuse('unauthenticated'));
  await seen().toMatchObject({
    connected: { status: 'refused' },
    error: expect.stringMatching(/^unauthenticated/),
  });
  await page.evaluate('give({ token: "good" })');
  await seen().toMatchObject({
    connected: { status: 'connected' },
    view: { status: 'live' },
    error: undefined,
  });
});

it('tells a new token on the open connection, and says where it is not taken', async () => {
  await page.goto(gateway.url);
  await seen().toMatchObject({ connected: { status: 'connected' }, view: { status: 'live' } });
  const connections = gateway.tokens.length;
  await page.evaluate('give({ token: "newer" })');
  await vi.waitFor(() => expect(gateway.renewed).toEqual(['newer']), soon);
  for (const socket of gateway.io.of('/').sockets.values()) {
    socket.removeAllListeners('token:renew');
    socket.on('token:renew', (_, answer) => answer(refuse('forbidden')));
  }
  await page.evaluate('give({ token: "of another" })');
  await seen().toMatchObject({
    connected: { status: 'connected' },
    error: expect.stringMatching(/^forbidden/),
  });
  expect(gateway.tokens).toHaveLength(connections);
});
