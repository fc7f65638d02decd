import type { EventStore } from '@carat/event-store';
import { findProviders, type Reconciled, reconcilePayouts } from '@carat/history';
import { openProviders, type ProviderName } from '@carat/payout-providers';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { formatInstant } from '../inspect/gist.ts';
import { limits } from '../limits.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';
import { many } from '../wording.ts';
import { type PayoutsConfig, readPayoutsConfig } from './config.ts';

/** Instants in ms since 1970. */
export type ReconcileFlags = {
  readonly provider?: ProviderName;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
};

const dayMs = 86_400_000;

/**
 * Compares what providers list of a time with the log, and names what differs.
 * @throws CommandError, ConfigError, ProviderError, HistoryError, EventStoreError
 */
export const reconcile = (
  { eventStore }: OpsConfig,
  { provider, json, ...asked }: ReconcileFlags,
  { print, say, done }: CommandContext,
): Promise<void> => {
  const config = readPayoutsConfig();
  const now = Date.now() + config.CARAT_CLOCK_OFFSET;
  const { to = now, from = to - limits.reconcileDays * dayMs } = asked;
  if (from >= to) throw new CommandError('--from must be before --to.');
  const named = provider === undefined ? config : { ...config, CARAT_PAYOUT_PROVIDERS: [provider] };
  return withLog(
    eventStore,
    async (store) => {
      const compared = await compareAll(store, named, { from, to });
      const notCompared = provider === undefined ? await findLeftOut(store, config, { from, to }) : [];
      const differ = compared.some(({ differences }) => differences.length > 0);
      const agree = !differ && notCompared.length === 0;
      if (json) print(JSON.stringify({ agree, providers: compared.map(asJson), notCompared }));
      else for (const each of compared) print(describe(each));
      for (const { differences } of compared) for (const { text } of differences) say(text);
      for (const name of notCompared) say(describeLeftOut(name));
      if (differ) return done(exitCodes.differ);
      done(agree ? exitCodes.agree : exitCodes.couldNotRun);
    },
    say,
  );
};

const compareAll = async (
  store: EventStore,
  config: PayoutsConfig,
  time: { readonly from: number; readonly to: number },
): Promise<Reconciled[]> => {
  const providers = [...openProviders(config).values()];
  try {
    const compared: Reconciled[] = [];
    for (const provider of providers) compared.push(await reconcilePayouts(store, provider, time));
    return compared;
  } finally {
    for (const provider of providers) await provider.close();
  }
};

/** Providers that payouts were begun with, and that the settings do not name, or no more. */
const findLeftOut = async (
  store: EventStore,
  { CARAT_PAYOUT_PROVIDERS: named }: PayoutsConfig,
  time: { readonly from: number; readonly to: number },
): Promise<string[]> =>
  (await findProviders(store, time)).filter((name) => !(named as readonly string[]).includes(name));

const describeLeftOut = (name: string): string =>
  `Payouts were begun with ${name} in that time, but CARAT_PAYOUT_PROVIDERS does not name it: they were ` +
  'not compared.';

const describe = ({ provider, from, to, payouts, pending, differences }: Reconciled): string =>
  [
    `${provider}, from ${formatInstant(from)} to ${formatInstant(to)}`,
    `  ${many(payouts, 'payout')} in the log`,
    ...(pending > 0 ? [`  ${pending} of them not listed, and may yet be`] : []),
    differences.length === 0 ? '  all agree' : `  ${many(differences.length, 'difference')}`,
  ].join('\n');

/** @returns `completeTo` as null where the provider's list has no end that it is complete up to */
const asJson = ({ provider, from, to, completeTo, payouts, pending, differences }: Reconciled) => ({
  ...{ provider, from, to, completeTo, payouts, pending, differences },
});
