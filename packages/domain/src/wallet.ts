import { type ComboState, instantOf, largest } from '@carat/protocol';
import type { Gift } from './catalogue.ts';
import {
  bookCombo,
  type Combo,
  type Combos,
  comboTimes,
  countCombos,
  findCombo,
  forgetCombos,
  noCombos,
  packCombos,
  type Terms,
} from './combos.ts';
import { accept, type Decision, nothing, refuse } from './decision.ts';
import type { Event, WalletEvent } from './events.ts';
import type { Live } from './live.ts';

/** What one viewer can spend and has just spent. Stream: `wallet-<viewerId>`. */
export type Wallet = {
  readonly balance: number;
  /** Time of the last event; a wallet's time never goes back. */
  readonly at: number;
  /** Every combo booked at or after this instant is remembered. */
  readonly since: number;
  readonly combos: Combos;
};

/** Combos that one wallet remembers at most; the next is refused, none is forgotten. */
export const maxCombosPerWallet = 10_000;

export const initialWallet: Wallet = { balance: 0, at: 0, since: 0, combos: noCombos };

export const walletEventTypes = ['CoinsGranted', 'GiftSent'] as const;

const bookedCombo = ({ data }: Event<'GiftSent'>): Combo => {
  const { combo, count, at, live, creator, gift, unitCoins, rate } = data;
  return { combo, count, at, terms: { live, creator, gift, unitCoins, rate } };
};

export const evolveWallet = (wallet: Wallet, event: WalletEvent): Wallet => {
  const { at, after } = event.data;
  const since = Math.max(wallet.since, at - comboTimes.rememberedMs);
  const combos = event.type === 'GiftSent' ? bookCombo(wallet.combos, bookedCombo(event)) : wallet.combos;
  return { balance: after.balance, at, since, combos: forgetCombos(combos, since) };
};

/** The wallet as time goes by: what was booked longer ago than combos are remembered is forgotten. */
export const passTime = (wallet: Wallet, now: number): Wallet => {
  const since = Math.max(wallet.since, Math.max(now, wallet.at) - comboTimes.rememberedMs);
  const combos = forgetCombos(wallet.combos, since);
  return combos === wallet.combos ? wallet : { ...wallet, since, combos };
};

/** From where on a wallet must be read, given its newest event: what lies before need not be remembered. */
export const rememberedSince = (now: number, newest: WalletEvent | undefined): number =>
  Math.max(0, Math.max(now, newest?.data.at ?? 0) - comboTimes.rememberedMs);

/**
 * The wallet from its newest events alone, newest first, read back at least to the first that is older than
 * `since` (or to the stream's start): every event says how the wallet stands after it.
 */
export const walletFromNewest = (newestFirst: readonly WalletEvent[], since: number): Wallet => {
  const newest = newestFirst[0];
  if (newest === undefined) return { ...initialWallet, since };
  // The newest booking of a combo says how it stands.
  const standing = new Map<string, Combo>();
  for (const event of newestFirst) {
    if (event.type !== 'GiftSent' || event.data.at < since || standing.has(event.data.combo)) continue;
    standing.set(event.data.combo, bookedCombo(event));
  }
  const combos = packCombos([...standing.values()]);
  return { balance: newest.data.after.balance, at: newest.data.at, since, combos };
};

/** How a combo stands: all it has cost and earned so far. */
export const comboState = ({ combo, count, terms }: Combo): ComboState => {
  const coins = count * terms.unitCoins;
  return { combo, count, coins, millidiamonds: coins * terms.rate };
};

/** "This combo has now reached `count`", with all that the decision needs to know. */
export type SendGift = {
  readonly viewer: string;
  readonly combo: string;
  readonly count: number;
  readonly liveId: string;
  readonly giftId: string;
  readonly live: Live;
  readonly gift: Gift | undefined;
  /** Thousandths of a diamond per coin, for a combo that begins now. */
  readonly rate: number;
  /** Whether the live's creator can't receive gifts at the moment: it is frozen, say. */
  readonly takesNoGifts?: boolean;
  /** The gateway's clock, ms since 1970; it never goes back within one process. */
  readonly now: number;
  /** Why nothing may be booked at the moment (old lives, prices, a wrong clock), and when to try again. */
  readonly overloaded?: { readonly retryAfterMs: number } | undefined;
};

const isTooOld = (idAt: number, wallet: Wallet, now: number): boolean =>
  idAt < Math.max(now, wallet.at) - comboTimes.behindMs || idAt - comboTimes.aheadMs < wallet.since;

const refuseLive = ({ live, viewer, takesNoGifts }: SendGift): Decision<never> | undefined => {
  if (live.status === 'unknown') return refuse('live_unknown');
  if (live.status === 'ended') return refuse('live_ended');
  if (live.blocked.has(viewer)) return refuse('viewer_blocked');
  if (live.creator === viewer) return refuse('own_live');
  return takesNoGifts ? refuse('creator_takes_no_gifts') : undefined;
};

/** Whether a combo may begin, and on which terms. */
const beginCombo = (claim: SendGift, wallet: Wallet): Decision<never> | Terms => {
  const { gift, live, rate } = claim;
  if (live.status === 'unknown') return refuse('live_unknown');
  if (gift === undefined) return refuse('gift_unknown');
  if (gift.retired) return refuse('gift_retired');
  if (!gift.streakable && claim.count > 1) return refuse('gift_is_not_streakable');
  if (countCombos(wallet.combos) >= maxCombosPerWallet) return refuse('too_many_combos');
  return { live: live.live, creator: live.creator, gift: gift.gift, unitCoins: gift.coins, rate };
};

/** Says how the combo stands beside a refusal of more of it. */
const withState = <E>(decision: Decision<E>, combo: Combo | undefined): Decision<E> =>
  decision.refused && combo !== undefined
    ? { refused: true, refusal: { ...decision.refusal, combo: comboState(combo) } }
    : decision;

/** Books what the claim adds to its combo; a claim that adds nothing decides nothing. */
export const sendGift = (claim: SendGift, asRead: Wallet): Decision<Event<'GiftSent'>> => {
  const wallet = passTime(asRead, claim.now);
  const known = findCombo(wallet.combos, claim.combo);
  if (known && (known.terms.gift !== claim.giftId || known.terms.live !== claim.liveId)) {
    return withState(refuse('combo_belongs_to_another_gift'), known);
  }
  if (known && claim.count <= known.count) return nothing;
  return withState(bookMore(claim, wallet, known), known);
};

const bookMore = (claim: SendGift, wallet: Wallet, known: Combo | undefined): Decision<Event<'GiftSent'>> => {
  if (claim.overloaded) return refuse('overloaded', claim.overloaded);
  const idAt = instantOf(claim.combo);
  if (isTooOld(idAt, wallet, claim.now)) return refuse('combo_expired');
  if (idAt > claim.now + comboTimes.aheadMs) return refuse('combo_in_the_future');
  const badLive = refuseLive(claim);
  if (badLive) return badLive;
  const terms = known?.terms ?? beginCombo(claim, wallet);
  if ('refused' in terms) return terms;
  if (known && claim.gift && !claim.gift.streakable) return refuse('gift_is_not_streakable');
  const before = known?.count ?? 0;
  const booked = claim.count - before;
  const coins = booked * terms.unitCoins;
  if (coins > wallet.balance) {
    const affordable = before + Math.floor(wallet.balance / terms.unitCoins);
    return refuse('wallet_has_too_few_coins', { affordable });
  }
  return accept({
    type: 'GiftSent',
    // In the order of their names, in which seals write them: nobody need sort them then.
    data: {
      after: { balance: wallet.balance - coins },
      at: Math.max(claim.now, wallet.at),
      booked,
      coins,
      combo: claim.combo,
      count: claim.count,
      creator: terms.creator,
      gift: terms.gift,
      live: terms.live,
      millidiamonds: coins * terms.rate,
      rate: terms.rate,
      unitCoins: terms.unitCoins,
      viewer: claim.viewer,
    },
  });
};

export type GrantCoins = {
  readonly grant: string;
  readonly viewer: string;
  readonly coins: number;
  readonly by: string;
  readonly now: number;
};

/**
 * What a grant decides: one event in the grant's own stream, one in the wallet's, to be appended together.
 */
export type Granted = { readonly made: Event<'GrantMade'>; readonly granted: Event<'CoinsGranted'> };

/**
 * Grants coins once and for ever under the grant's id.
 * @param made what the grant's own stream holds, if anything: then the grant is a repetition, and decides
 * nothing.
 */
export const grantCoins = (
  command: GrantCoins,
  wallet: Pick<Wallet, 'balance' | 'at'>,
  made: Event<'GrantMade'> | undefined,
): Decision<Granted> => {
  const { grant, viewer, coins, by } = command;
  if (made) {
    const same = made.data.viewer === viewer && made.data.coins === coins;
    return same ? nothing : refuse('grant_belongs_to_another_wallet');
  }
  const balance = wallet.balance + coins;
  if (balance > largest.balanceCoins) return refuse('wallet_is_full');
  const at = Math.max(command.now, wallet.at);
  return accept({
    made: { type: 'GrantMade', data: { grant, viewer, coins, by, at } },
    granted: { type: 'CoinsGranted', data: { grant, viewer, coins, at, after: { balance } } },
  });
};
