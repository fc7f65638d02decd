export type Window = 'hour' | 'day' | 'week' | 'all';

/**
 * When the window that holds an instant began, ms since 1970, by the calendar: UTC, weeks from Monday (ISO
 * 8601).
 */
export const windowStart = (window: Window, at: number): number => {
  if (window === 'all') return 0;
  const date = new Date(at);
  if (window === 'hour') return date.setUTCMinutes(0, 0, 0);
  const midnight = date.setUTCHours(0, 0, 0, 0);
  if (window === 'day') return midnight;
  const daysSinceMonday = (date.getUTCDay() + 6) % 7;
  return date.setUTCDate(date.getUTCDate() - daysSinceMonday);
};
