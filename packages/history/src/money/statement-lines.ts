/** The lines of a statement in the order in which they are told, and what they are called. */
export const diamondLines = [
  ['opening', 'At the beginning'],
  ['earned', 'Earned'],
  ['redeemed', 'Redeemed'],
  ['returned', 'Came back'],
  ['closing', 'At the end'],
] as const;

/** Of money likewise. */
export const moneyLines = [
  ['gross', 'Worth of the diamonds'],
  ['fee', 'Fees'],
  ['withheld', 'Tax withheld'],
  ['remainder', 'Rounded down'],
  ['net', 'Net'],
] as const;
