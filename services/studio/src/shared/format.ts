const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const utcDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const utcDate = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `1,234,567` */
export const formatNumber = (value: number | bigint): string => whole.format(value);

/** `1.2M`: where there is little room and the exact number stands elsewhere. */
export const formatShort = (value: number): string => short.format(value);

/** Diamonds of thousandths of them, exact: `1,234.5` of 1,234,500. As text they may pass 2^53. */
export const formatDiamonds = (millidiamonds: number | string): string => {
  const all = BigInt(millidiamonds);
  const size = all < 0n ? -all : all;
  const thousandths = size % 1_000n;
  const fraction = thousandths === 0n ? '' : `.${String(thousandths).padStart(3, '0').replace(/0+$/, '')}`;
  return `${all < 0n ? '−' : ''}${whole.format(size / 1_000n)}${fraction}`;
};

/** `1 gift`, `3 gifts`; another plural where an `s` does not make it. */
export const formatCount = (value: number, one: string, many = `${one}s`): string =>
  `${formatNumber(value)} ${value === 1 ? one : many}`;

/** `18:05` of the reader's own zone; instants are ms since 1970. */
export const formatTime = (at: number): string => clock.format(at);
/** `18:05:09` */
export const formatTimeExact = (at: number): string => clockWithSeconds.format(at);
/** `3 Nov 2026, 18:05` */
export const formatDateTime = (at: number): string => `${date.format(at)}, ${clock.format(at)}`;
/** `3 Nov`, of a UTC day. */
export const formatUtcDay = (at: number): string => utcDay.format(at);
/** `3 Nov 2026`, of a UTC day as `2026-11-03`. */
export const formatDay = (day: string): string => utcDate.format(Date.parse(day));
/** `5.5 %` of 55. */
export const formatPerMille = (perMille: number): string => {
  const tenths = perMille % 10;
  return `${whole.format((perMille - tenths) / 10)}${tenths === 0 ? '' : `.${tenths}`} %`;
};

/** `3 d 4 h`, `2 h 5 min`, `5 min`, `40 s`: the two largest units that count. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return pair(days, 'd', hours % 24, 'h');
  if (hours > 0) return pair(hours, 'h', minutes % 60, 'min');
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
};

const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;

/** `40 %` of a share from 0 to 1, never 100 before all is there. */
export const formatShare = (share: number): string => `${Math.min(100, Math.floor(share * 100))} %`;
