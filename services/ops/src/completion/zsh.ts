import { type Node, nodesOf, type OptionOf } from './tree.ts';

const functionOf = (name: string, { path }: Node): string => `_${[name, ...path].join('_')}`;

/** Text within single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** Text within a specification of `_arguments`, where colons and brackets part it. */
const plain = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&');

const specsOf = ({ flags, description, takesValue, choices }: OptionOf): string[] => {
  const message = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : '';
  const others = flags.length > 1 ? `(${flags.join(' ')})` : '';
  return flags.map((flag) => quoted(`${others}${flag}[${plain(description)}]${message}`));
};

const functionFor = (name: string, node: Node): string => {
  const options = node.options.flatMap(specsOf);
  if (node.commands.length === 0) {
    const rest = node.words.length > 0 ? `1:word:(${node.words.join(' ')})` : '*:file:_files';
    return [
      `${functionOf(name, node)}() {`,
      `  _arguments ${[...options, quoted(rest)].join(' \\\n    ')}`,
      '}',
    ].join('\n');
  }
  const commands = node.commands.map((sub) =>
    quoted(`${sub.path.at(-1)}:${sub.description.replaceAll(':', '\\:')}`),
  );
  return [
    `${functionOf(name, node)}() {`,
    '  local state line',
    `  local -a commands=(${commands.join('\n    ')})`,
    `  _arguments -C ${[...options, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}`,
    '  case $state in',
    '    command) _describe command commands ;;',
    '    rest) case $line[1] in',
    ...node.commands.map((sub) => `      ${sub.path.at(-1)}) ${functionOf(name, sub)} ;;`),
    '    esac ;;',
    '  esac',
    '}',
  ].join('\n');
};

/** A script for zsh: to be found in `$fpath`, or evaluated. */
export const zshScript = (name: string, root: Node): string =>
  [
    `#compdef ${name}`,
    ...nodesOf(root).map((node) => functionFor(name, node)),
    `if [ "$funcstack[1]" = "_${name}" ]; then _${name} "$@"; else compdef _${name} ${name}; fi`,
  ].join('\n');
