import { withoutCredentials } from '@carat/service-kit';
import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { type CommandContext, exitCodes } from '../outcome.ts';
import { many } from '../wording.ts';
import { type Copied, copyLog } from './copy.ts';
import { showBars, showLines } from './progress.ts';
import { openBoth } from './stores.ts';

const examples = `
Examples:
  carat copy --from sqlite:.carat/carat.db \\
    --to 'kurrentdb://127.0.0.1:2113?tls=false'
  carat copy --to sqlite:/backups/carat.db --json
      from where CARAT_EVENT_STORE says

It copies a whole log from one event store to another, in order, with streams,
revisions, ids, types and data as they are, so seals stay valid; positions and
the store's own times are the target's. Then it reads both side by side and
compares every event. Where the target holds a part of the log already, it is
compared first and the copy goes on after it: run it again when it was
interrupted. A target that holds anything else is refused, and nothing is
written to it. Stop whoever writes to the source first, or run it once more when
they are stopped: what comes after the end was reached is not copied. Nobody
else may write to the target meanwhile.

Environment: CARAT_EVENT_STORE for the source, where --from is missing. What is
not set is as in the system that npm start runs; where none runs, it is
sqlite:.carat/carat.db.
Exit codes: 0 the copy is whole; 1 the target holds something else, or the
source is damaged: what comes before the damage is copied, and the first place
is named on stderr; 2 it could not be copied to its end: what is there so far
stays, and the same command goes on.`;

type CopyFlags = { readonly from?: string; readonly to: string; readonly json?: boolean };

export const addCopy = (program: Command, { signal, done, print, say }: CommandContext): void => {
  program
    .command('copy')
    .description('Copy a log from one event store to another, and compare both.')
    .option('--from <address>', 'the store to copy, such as sqlite:<path> or kurrentdb://…')
    .requiredOption('--to <address>', 'the store to copy it to, empty or with a part of the copy')
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action(async ({ from: named, to, json }: CopyFlags) => {
      const from = named ?? (await readConfig()).eventStore;
      const startProgress = !json && process.stderr.isTTY === true ? showBars : showLines(say);
      const { source, target, damage } = await openBoth(from, to);
      try {
        const copied = withDamage(await copyLog({ source, target, signal, startProgress }), damage);
        print(
          json ? JSON.stringify(copied) : describe(copied, withoutCredentials(from), withoutCredentials(to)),
        );
        for (const fault of [copied.difference, copied.damage]) if (fault !== null) say(fault);
        done(copied.whole ? exitCodes.agree : exitCodes.differ);
      } finally {
        await Promise.all([source.close(), target.close()]);
      }
    });
};

/** What shows as a log is opened may lie beyond all that can be read of it. */
const withDamage = (copied: Copied, damage: string | undefined): Copied =>
  copied.damage !== null || damage === undefined ? copied : { ...copied, whole: false, damage };

const describe = (copied: Copied, from: string, to: string): string => {
  const { whole, difference, events, foundThere, copiedNow, seconds, last, sourceHasGrown } = copied;
  if (difference !== null) {
    return `The target is NOT a copy of the source: ${to} holds something else than ${from}.`;
  }
  const lines = [
    whole
      ? `The copy is whole: ${many(events, 'event')}, each of them compared.`
      : `The source is DAMAGED. What is sound of it is copied: ${many(events, 'event')}, each compared.`,
    `  copied now: ${copiedNow}, found there: ${foundThere}, in ${seconds.toFixed(1)} s`,
    `  ${from} up to position ${last?.sourcePosition ?? 'none'}`,
    `  ${to} up to position ${last?.targetPosition ?? 'none'}`,
  ];
  if (sourceHasGrown) lines.push('The source has grown meanwhile: run it again once nobody writes to it.');
  if (whole) lines.push('Once a projector has read it, carat verify proves all of it, and its numbers.');
  return lines.join('\n');
};
