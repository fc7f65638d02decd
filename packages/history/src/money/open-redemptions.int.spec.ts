import { streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../testing/log.ts';
import { appendTo, redemptionOf } from '../testing/redemptions.ts';
import { followOpenRedemptions, type OpenRedemptions } from './open-redemptions.ts';

const soon = { timeout: 10_000, interval: 10 };
const ann = streams.earnings('ann');

let log: Awaited<ReturnType<typeof createLog>>;
let store: EventStore;
let open: OpenRedemptions | undefined;

beforeEach(async () => {
  log = await createLog();
  store = await log.open();
});
afterEach(async () => {
  await open?.stop();
  await log.remove();
});

const follow = async (options: Parameters<typeof followOpenRedemptions>[1] = {}, from = store) => {
  const following = followOpenRedemptions(from, options);
  open = following;
  await vi.waitFor(() => expect(following.caughtUp).toBe(true), soon);
  return following;
};
const namesOf = (following: OpenRedemptions): string[] =>
  following.list().map(({ creator, redemption, status }) => `${creator} ${redemption} ${status}`);

describe('following open redemptions', () => {
  it('knows those that are not at their end, oldest first, and how they move on', async () => {
    const [first, second] = [redemptionOf('ann', 'r1'), redemptionOf('ann', 'r2')];
    const third = redemptionOf('bea', 'r3');
    await appendTo(store, ann, second.requested(20), second.approved(20), first.requested(30));
    await appendTo(store, streams.earnings('bea'), third.requested(10), third.started(11), third.paid(12));
    const following = await follow();
    expect(namesOf(following)).toEqual(['ann r2 approved', 'ann r1 requested']);
    expect(following.list('approved')).toMatchObject([
      { quote: { net: '100' }, method: { provider: 'sandbox' } },
    ]);

    const heard: string[] = [];
    const stop = following.onChange(({ redemption, status }) => heard.push(`${redemption} ${status}`));
    await appendTo(store, ann, second.started(40), second.paid(41));
    await vi.waitFor(() => expect(namesOf(following)).toEqual(['ann r1 requested']), soon);
    expect(heard).toEqual(['r2 started', 'r2 paid']);
    stop();
    await appendTo(store, ann, first.approved(50));
    await vi.waitFor(() => expect(following.get('ann', 'r1')?.status).toBe('approved'), soon);
    expect(heard).toHaveLength(2);
    expect(following.fault()).toBeUndefined();
  });

  it('remembers so many, says when there are more, and takes them up once there is room', async () => {
    const [one, two] = [redemptionOf('ann', 'r1'), redemptionOf('ann', 'r2')];
    await appendTo(store, ann, one.requested(1), two.requested(2));
    const following = await follow({ maxOpen: 1 });
    expect(namesOf(following)).toEqual(['ann r1 requested']);
    expect(following.fault()).toBe('more than 1 redemptions are open: 1 came beyond that');
    await appendTo(store, ann, one.started(3), one.paid(4));
    await vi.waitFor(() => expect(namesOf(following)).toEqual(['ann r2 requested']), soon);
    await vi.waitFor(() => expect(following.fault()).toBeUndefined(), soon);
  });

  it('reads all anew where the log is swapped', async () => {
    await appendTo(store, ann, redemptionOf('ann', 'r1').requested(1));
    const otherLog = await createLog();
    const other = await otherLog.open();
    await appendTo(other, ann, redemptionOf('ann', 'r7').requested(1));
    let current = store;
    const switching: EventStore = {
      append: (writes) => current.append(writes),
      readStream: (stream, read) => current.readStream(stream, read),
      readAll: (read) => current.readAll(read),
      head: () => current.head(),
      eventAt: (position) => current.eventAt(position),
      onMore: (listener) => current.onMore(listener),
      close: () => current.close(),
    };
    const following = await follow({}, switching);
    current = other;
    await vi.waitFor(() => expect(namesOf(following)).toEqual(['ann r7 requested']), soon);
    await following.stop();
    await otherLog.remove();
  });

  it('says why it cannot read on', async () => {
    const broken = { type: 'RedemptionApproved', data: { creator: 'ann' } } as never;
    await appendTo(store, ann, broken);
    const following = followOpenRedemptions(store);
    open = following;
    await vi.waitFor(() => expect(following.fault()).toMatch(/^redemptions cannot be read on: /), soon);
  });
});
