import type { ProviderName } from '@carat/payout-providers';
import { redemptions } from '@carat/protocol';
import { type Command, Option } from 'commander';
import { readInstant, readLimit } from '../at/moment.ts';
import { readConfig } from '../config.ts';
import { limits } from '../limits.ts';
import type { CommandContext } from '../outcome.ts';
import { type ListFlags, listRedemptions } from './list.ts';
import type { ReconcileFlags } from './reconcile.ts';

const notes = `
Examples:
  carat payouts list                  what waits for an operator or a provider
  carat payouts list --status in_review
  carat payouts reconcile             compare providers' lists with the log

What became of one redemption, and what it came from, carat explain redemption
tells. Requests are approved and refused in the operators' console.
Exit codes: 0 all is well; 1 something differs, or the log is damaged; 2 it
could not be told.`;

const listNotes = `
Examples:
  carat payouts list
  carat payouts list --status started
  carat payouts list --status returned --limit 500 --json

Those that are not at their end, oldest request first; with --status those of
one status, also of those that are. It reads the earnings of all creators, from
the start of the log.

Environment: CARAT_EVENT_STORE. What is not set is as in the system that npm
start runs.
Exit codes: 0 they are listed; 1 the log is damaged there; 2 they could not be
read.`;

const reconcileNotes = `
Examples:
  carat payouts reconcile
      the last ${limits.reconcileDays} days, with every provider that is configured
  carat payouts reconcile --provider paypal --from 2026-11-01 --to 2026-11-15
  carat payouts reconcile --json

It reads what a provider lists and holds it against the log: payouts begun in
that time that it does not list, those that it lists and the log does not know,
amounts, recipients, references and outcomes that differ, and what was paid
twice by one key. Each difference is named on stderr. What the provider may list
later is no difference yet. A provider that payouts were begun with, but that
the settings name no more, is named as not compared. Nothing is written and
nothing paid; the payouts service compares by itself every day, and tells in its
health.

Environment: CARAT_EVENT_STORE, CARAT_PAYOUT_PROVIDERS and the settings of those
providers, as the payouts service has them. What is not set is as in the system
that npm start runs.
Exit codes: 0 they agree; 1 they differ, or the log is damaged; 2 they could not
be compared, or not all.`;

const providers = { sandbox: true, paypal: true, stripe: true } satisfies Record<ProviderName, true>;

export const addPayouts = (program: Command, context: CommandContext): void => {
  const payouts = program
    .command('payouts')
    .description('Redemptions on their way to money, and what providers say of them.')
    .addHelpText('after', notes);
  for (const add of [addList, addReconcile]) add(payouts, context);
};

const addList = (payouts: Command, context: CommandContext): void => {
  payouts
    .command('list')
    .description('The redemptions that are open, or are of a status.')
    .addOption(new Option('--status <status>', 'only those').choices(redemptions.redemptionStatus.options))
    .option(
      '--limit <redemptions>',
      'how many, at most',
      readLimit(limits.maxListedRedemptions),
      limits.listedRedemptions,
    )
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', listNotes)
    .action(async (flags: ListFlags) => listRedemptions(await readConfig(), flags, context));
};

const addReconcile = (payouts: Command, context: CommandContext): void => {
  payouts
    .command('reconcile')
    .description("Compare providers' lists with the log, and name every difference.")
    .addOption(
      new Option('--provider <name>', 'only this one; otherwise all that are configured').choices(
        Object.keys(providers),
      ),
    )
    .option('--from <instant>', 'payouts begun from then on', readInstant)
    .option('--to <instant>', 'payouts begun before then; now where it is missing', readInstant)
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', reconcileNotes)
    .action(async (flags: ReconcileFlags) => {
      // Providers' clients are large: no other command is to wait for them.
      const { reconcile } = await import('./reconcile.ts');
      await reconcile(await readConfig(), flags, context);
    });
};
