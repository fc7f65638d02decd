/** A place for lines: those that stay, and below them a block that is written over. */
export type Screen = {
  /** Writes a line that stays. */
  say(line: string): void;
  /** Shows the block in place of the one before, cut to the width of the terminal. */
  show(block: readonly string[]): void;
};

type Output = {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
};

const defaultColumns = 80;
/** Up so many lines to the first column, and everything below cleared. */
const back = (lines: number): string => (lines > 0 ? `\x1b[${lines}F\x1b[J` : '');

export const createScreen = (output: Output): Screen => {
  let shown: readonly string[] = [];
  const draw = (block: readonly string[], before: string): void => {
    const columns = output.columns ?? defaultColumns;
    const clear = output.isTTY ? back(shown.length) : '';
    shown = output.isTTY ? block.map((line) => line.slice(0, columns - 1)) : [];
    output.write(`${clear}${before}${shown.map((line) => `${line}\n`).join('')}`);
  };
  return {
    say: (line) => draw(shown, `${line}\n`),
    show: (block) => draw(block, output.isTTY ? '' : block.map((line) => `${line}\n`).join('')),
  };
};
