import { Command } from 'commander';
import { expect, it } from 'vitest';
import { commands } from './commands.ts';

const columns = 80;
const nothing = () => undefined;
const { signal } = new AbortController();

const program = new Command('carat');
for (const add of commands) add(program, { signal, print: nothing, say: nothing, done: nothing });

const withParts = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap((part) => withParts(part)),
];
const all = program.commands.flatMap(withParts);

it.each(all.map((command) => [command.name(), command] as const))(
  'helps with %s in 80 columns',
  (_, command) => {
    let help = '';
    command
      .configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => columns })
      .outputHelp();
    expect(help).toContain('Usage: ');
    expect(help.split('\n').filter((line) => line.length > columns)).toEqual([]);
  },
);
