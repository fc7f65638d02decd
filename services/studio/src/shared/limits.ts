/** Every bound of the pages. */
export const limits = {
  maxRequestMs: 10_000,
  /** What is asked again and again waits this much longer at most while it fails. */
  longestRetryMs: 15_000,
  /** How often a wallet is asked for beside what receipts tell. */
  walletEveryMs: 10_000,
  perGiftEveryMs: 1_000,
  chartsEveryMs: 15_000,
  livesEveryMs: 30_000,
  operatorsEveryMs: 1_000,
  /** What a creator's diamonds came to, and what became of redemptions. */
  payoutsEveryMs: 3_000,
  /** A quote is asked for when an amount has stood so long, and again for as long as it stands. */
  amountStandsMs: 250,
  quoteEveryMs: 10_000,
  /** Diamonds of one request. */
  maxAskedDiamonds: 1_000_000_000_000,
  /** Days, redemptions and gifts that are listed at once, before somebody asks for more. */
  shortPageEntries: 20,
  /** Months and years of which statements are offered, back from now. */
  statedMonths: 13,
  statedYears: 3,
  /** What hardly changes. */
  seldomEveryMs: 60_000,
  /** Lines of the feed that are kept on the page. */
  maxFeedLines: 40,
  /** Gifts and lives asked for in one page, and pages of them that are read. */
  pageEntries: 100,
  maxPages: 10,
  /** How long a tapped gift shows its count after the last tap. */
  tapShownMs: 3_000,
  noticeMs: 8_000,
  /** A page says so long before its sign-in runs out, to within the time of a look. */
  signInEndsSoonMs: 5 * 60_000,
  lookAtSignInMs: 1_000,
} as const;
