import { payoutKeyOf, type RedemptionStatus } from '@carat/domain';
import type { KnownRedemption } from '@carat/history';
import { tellMoney } from '../amounts.ts';
import type { OpsConfig } from '../config.ts';
import { withLog } from '../event-log.ts';
import { formatInstant } from '../inspect/gist.ts';
import { type CommandContext, exitCodes } from '../outcome.ts';
import { many, wrap } from '../wording.ts';
import { readRedemptions } from './redemptions.ts';

export type ListFlags = {
  readonly status?: RedemptionStatus;
  readonly limit: number;
  readonly json?: boolean;
};

/** Lists redemptions, each with what it is worth and where it goes. */
export const listRedemptions = (
  { eventStore }: OpsConfig,
  { status, limit, json }: ListFlags,
  { signal, print, say, done }: CommandContext,
): Promise<void> =>
  withLog(
    eventStore,
    async (store) => {
      const found = await readRedemptions(store, status, signal);
      const shown = found.slice(0, limit);
      if (json) print(JSON.stringify({ redemptions: shown, count: found.length }));
      else {
        if (found.length === 0)
          print(status ? `No redemption is ${tell(status)}.` : 'No redemption is open.');
        for (const line of shown.flatMap(describe)) print(line);
        if (found.length > limit) print(`… and ${found.length - limit} more: see --limit`);
      }
      done(exitCodes.agree);
    },
    say,
  );

const tell = (status: RedemptionStatus): string => status.replace('_', ' ');

const describe = (listed: KnownRedemption): string[] => {
  const { creator, redemption, status, quote, method, requestedAt, reviewReasons, reference, reason } =
    listed;
  return [
    payoutKeyOf(creator, redemption),
    wrap([
      `  ${tell(status)}: ${many(quote.diamonds, 'diamond')} for ${tellMoney(quote.net, quote.currency)}`,
      `to ${method.reference} at ${method.provider},`,
      `asked for at ${formatInstant(requestedAt)}`,
    ]),
    ...(status === 'in_review' ? reviewReasons.map((why) => wrap(['   ', ...why.split(' ')])) : []),
    ...(reference === null ? [] : [wrap(['    reference', reference])]),
    ...(reason === null ? [] : [wrap(['    reason:', ...reason.split(' ')])]),
  ];
};
