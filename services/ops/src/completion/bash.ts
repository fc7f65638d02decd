import { type Node, nodesOf, wordsAfter } from './tree.ts';

const pathOf = ({ path }: Node): string => path.map((name) => ` ${name}`).join('');

/** The lines of a `case`, each with a pattern in quotes. */
const lineOf = (pattern: string, words: readonly string[]): string =>
  `    "${pattern}") words="${words.join(' ')}" ;;`;

const valueLines = (node: Node): string[] =>
  node.options
    .filter(({ takesValue }) => takesValue)
    .flatMap(({ flags, choices }) => flags.map((flag) => lineOf(`${pathOf(node)} ${flag}`, choices)));

/** A script for bash. Where it has no word to offer, bash offers files. */
export const bashScript = (name: string, root: Node): string => {
  const nodes = nodesOf(root);
  const paths = nodes.slice(1).map((node) => `"${pathOf(node)}"`);
  return [
    `# Completion of ${name} for bash.`,
    `_${name}() {`,
    `  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"`,
    '  local path="" word words',
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    '    case "$path $word" in',
    `      ${paths.join('|')}) path="$path $word" ;;`,
    '    esac',
    '  done',
    '  case "$path $previous" in',
    ...nodes.flatMap(valueLines),
    '    *) case "$path" in',
    ...nodes.map((node) => lineOf(pathOf(node), wordsAfter(node))),
    '    esac ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    `complete -o default -F _${name} ${name}`,
  ].join('\n');
};
