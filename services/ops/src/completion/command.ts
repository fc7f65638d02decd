import { Argument, type Command } from 'commander';
import { type CommandContext, exitCodes } from '../outcome.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { treeOf } from './tree.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof scripts;

const examples = `
Examples:
  eval "$(carat completion bash)"    in ~/.bashrc
  eval "$(carat completion zsh)"     in ~/.zshrc, after compinit
  carat completion fish > ~/.config/fish/completions/carat.fish

It completes the word carat. Of a checkout in ~/carat, make that word first, in
bash and zsh:
  carat() {
    ~/carat/node_modules/.bin/node ~/carat/services/ops/src/main.ts "$@"
  }

Exit codes: 0 the script is printed; 2 there is none for such a shell.`;

export const addCompletion = (program: Command, { print, done }: CommandContext): void => {
  program
    .command('completion')
    .description('Print what makes a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .option('--json', 'the script as one line of JSON')
    .addHelpText('after', examples)
    .action((shell: Shell, { json }: { readonly json?: boolean }) => {
      const script = scripts[shell](program.name(), treeOf(program));
      print(json ? JSON.stringify({ shell, script }) : script);
      done(exitCodes.agree);
    });
};
