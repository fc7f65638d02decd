/**
 * Names of tables by the stretch of time that holds an instant: a prefix, and when it began in ms since 1970.
 * Neighbours in the log mostly share theirs, so the last one is kept.
 */
export const spansOf = (prefix: string, ms: number): ((at: number) => string) => {
  let start = Number.NaN;
  let name = '';
  return (at) => {
    if (at < start + ms && at >= start) return name;
    start = at - (at % ms);
    name = prefix + start;
    return name;
  };
};
