const columns = 80;
const indent = '    ';

/** Columns of the terminal that is written to, and no end where it is none. */
export const terminalColumns = (): number => process.stdout.columns || Number.POSITIVE_INFINITY;

/** `gift` of one, `gifts` of any other number. */
export const plural = (count: number, noun: string): string => (count === 1 ? noun : `${noun}s`);

export const many = (count: number, noun: string): string => `${count} ${plural(count, noun)}`;

/** Parts side by side as far as they fit into so many columns; what does not goes on beneath, indented. */
export const wrap = (parts: readonly string[], width = columns): string => {
  const isTooLong = (part: string): boolean => indent.length + part.length > width;
  const lines: string[] = [];
  for (const part of parts.flatMap((part) => (isTooLong(part) ? part.split(' ') : [part]))) {
    const line = lines.at(-1);
    if (line === undefined) lines.push(part);
    else if (line.length + 1 + part.length <= width) lines[lines.length - 1] = `${line} ${part}`;
    else lines.push(indent + part);
  }
  return lines.map((line) => line.trimEnd()).join('\n');
};
