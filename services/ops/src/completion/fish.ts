import { type Node, nodesOf, type OptionOf } from './tree.ts';

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** True after the names down to a command, and before one of its own. */
const conditionOf = ({ path, commands }: Node): string => {
  const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const names = commands.map((sub) => sub.path.at(-1)).join(' ');
  if (names === '') return seen.join('; and ');
  return [...seen, `not __fish_seen_subcommand_from ${names}`].join('; and ');
};

const flagsOf = ({ flags }: OptionOf): string =>
  flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');

const valuesOf = ({ takesValue, choices }: OptionOf): string => {
  if (choices.length > 0) return ` -x -a ${quoted(choices.join(' '))}`;
  return takesValue ? ' -r -F' : '';
};

const linesFor = (name: string, node: Node): string[] => {
  const when = `complete -c ${name} -n ${quoted(conditionOf(node))}`;
  return [
    ...node.commands.map(({ path, description }) => `${when} -f -a ${path.at(-1)} -d ${quoted(description)}`),
    ...(node.words.length > 0 ? [`${when} -f -a ${quoted(node.words.join(' '))}`] : []),
    ...node.options.map(
      (option) => `${when} ${flagsOf(option)}${valuesOf(option)} -d ${quoted(option.description)}`,
    ),
  ];
};

/** A script for fish. */
export const fishScript = (name: string, root: Node): string =>
  [`# Completion of ${name} for fish.`, ...nodesOf(root).flatMap((node) => linesFor(name, node))].join('\n');
