import { id, type Role, role as roles } from '@carat/protocol';
import { signToken } from '@carat/service-kit';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.ts';
import { type CommandContext, CommandError, exitCodes } from '../outcome.ts';

const examples = `
Examples:
  carat token --role viewer --sub vera
  carat token --role creator --role viewer --sub cleo --minutes 10
  echo "http://127.0.0.1:3000/console/#token=$(carat token --role operator)"

It signs a token for the system that npm start runs, as the platform's own
sign-in would, to try things out with. In production the platform makes tokens
(docs/sign-in.md), and this command none.

Environment: CARAT_JWT_SECRET; where it is not set, it is the local one.
Exit codes: 0 the token is printed; 2 it cannot be made.`;

const presetMinutes = 120;
const maxMinutes = 24 * 60;

type Options = {
  readonly role: readonly Role[];
  readonly sub?: string;
  readonly minutes: number;
  readonly json?: boolean;
};

export const addToken = (program: Command, context: CommandContext): void => {
  program
    .command('token')
    .description('Make a token for the system on this machine, to try things out with.')
    .addOption(new Option('--role <role...>', 'what it allows').choices(roles.options).makeOptionMandatory())
    .option('--sub <id>', "who it is for; the role's name where it is missing", parseId)
    .option('--minutes <n>', `how long it is good for, at most ${maxMinutes}`, parseMinutes, presetMinutes)
    .option('--json', 'the result as one line of JSON on stdout')
    .addHelpText('after', examples)
    .action((options: Options) => run(options, context));
};

const parseId = (text: string): string => {
  if (!id.safeParse(text).success) {
    throw new InvalidArgumentError('It must be 1 to 128 characters of A-Z a-z 0-9 _ . : -');
  }
  return text;
};

const parseMinutes = (text: string): number => {
  const minutes = Number(text);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > maxMinutes) {
    throw new InvalidArgumentError(`It must be an integer from 1 to ${maxMinutes}.`);
  }
  return minutes;
};

const run = async (
  { role, sub = role[0]!, minutes, json }: Options,
  { print, done }: CommandContext,
): Promise<void> => {
  const { secret, mayMakeTokens } = await readConfig();
  if (!mayMakeTokens) {
    throw new CommandError(
      'The platform makes the tokens here (NODE_ENV=production, or CARAT_JWKS_URL is set): ' +
        'see docs/sign-in.md.',
    );
  }
  const ttlSeconds = 60 * minutes;
  const token = await signToken({ sub, roles: role, ttlSeconds }, secret);
  print(json ? JSON.stringify({ token, sub, roles: role, minutes }) : token);
  done(exitCodes.agree);
};
