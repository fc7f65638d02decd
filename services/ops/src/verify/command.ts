import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { type CommandContext, exitCodes } from '../outcome.ts';
import { readSealKeys } from './config.ts';
import { describeProof } from './describe.ts';
import { verify } from './verify.ts';

const examples = `
Examples:
  carat verify
      the system that npm start runs
  REDIS_URL=redis://10.0.0.5:6379 CARAT_EVENT_STORE=sqlite:/data/carat.db \\
    carat verify --json
  carat verify --seal-key seal-public.pem
      every seal must be signed with that key

It reads the whole log. Every event is still what was written, and none is gone;
coins granted are held or spent, every booking is paid at its price and rate,
every event says truly how its wallet stands after it, no stream has a gap.
Diamonds awarded are pending, held, available, on the way or paid, of every
creator and in all, and every settled day is what its very gifts come to. Money
sent is in flight or paid, every quote is exact and at the rate of its moment,
and no redemption goes a way that it may not, so none is paid twice. All that
was sealed is as it was sealed: what was changed, removed or inserted since is
told with the seals around it. Then it compares every number in Redis with the
log, each exactly as of where it stands; gifts may keep coming meanwhile. With a
log that is damaged before where they stand, numbers are not compared.

Without --seal-key nobody can tell by whom seals were made: whoever can write to
the log could have sealed it anew. With it, seals must be signed with one of the
keys given, from the first such seal on.

Environment: CARAT_EVENT_STORE, REDIS_URL, and CARAT_SEAL_PUBLIC_KEY in place of
--seal-key. What is not set is as in the system that npm start runs; where none
runs, it is sqlite:.carat/carat.db and redis://127.0.0.1:6379.
Exit codes: 0 all is as the log says; 1 something is not, it is named on stderr;
2 it could not be verified.`;

type VerifyFlags = { readonly json?: boolean; readonly sealKey?: readonly string[] };

export const addVerify = (program: Command, { signal, done, print, say }: CommandContext): void => {
  program
    .command('verify')
    .description('Prove the log, and every number in Redis from it.')
    .option('--json', 'the result as one line of JSON on stdout')
    .option('--seal-key <file...>', 'public keys in PEM form, of which seals must be signed with one')
    .addHelpText('after', examples)
    .action(async ({ json, sealKey = [] }: VerifyFlags) => {
      const sealKeys = readSealKeys(sealKey);
      const verified = await verify({ ...(await readConfig()), sealKeys }, signal);
      print(json ? JSON.stringify(verified) : describeProof(verified));
      for (const line of verified.differences) say(line);
      done(verified.agree ? exitCodes.agree : exitCodes.differ);
    });
};
