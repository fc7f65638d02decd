import type { Command } from 'commander';

/** A command as a shell completes it. */
export type Node = {
  /** The names down to it, without the program's; none of the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly commands: readonly Node[];
  readonly options: readonly OptionOf[];
  /** Words that its first argument may be, where it is one of a few. */
  readonly words: readonly string[];
};

export type OptionOf = {
  /** As they are typed: `--json`, `-h`. */
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** What the value may be, where it is one of a few. */
  readonly choices: readonly string[];
};

/** What can be typed after a command, and after each of its own. */
export const treeOf = (command: Command, path: readonly string[] = []): Node => {
  const help = command.createHelp();
  return {
    path,
    description: command.description(),
    commands: help
      .visibleCommands(command)
      .filter((sub) => command.commands.includes(sub))
      .map((sub) => treeOf(sub, [...path, sub.name()])),
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.long, option.short].filter((flag) => flag !== undefined),
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    })),
    words: [...(command.registeredArguments[0]?.argChoices ?? [])],
  };
};

/** A command and all below it. */
export const nodesOf = (node: Node): readonly Node[] => [node, ...node.commands.flatMap(nodesOf)];

/** What may come where no option's value is expected. */
export const wordsAfter = ({ commands, options, words }: Node): readonly string[] => [
  ...commands.map(({ path }) => path.at(-1)!),
  ...words,
  ...options.flatMap(({ flags }) => flags),
];
