const dayMs = 86_400_000;

/** The UTC day on which a day is closed: the one behind it. Both as `2026-11-23`. */
export const openedOn = (day: string): string =>
  new Date(Date.parse(day) + dayMs).toISOString().slice(0, 'yyyy-mm-dd'.length);
