import type { redemptions } from '@carat/protocol';

type Status = redemptions.RedemptionStatus;

export type StatusWords = {
  readonly tone: 'good' | 'waiting' | 'bad' | 'off';
  readonly words: string;
  /** What it means to the creator. */
  readonly means: string;
};

const back = 'Its diamonds are available again.';

const statuses: Readonly<Record<Status, StatusWords>> = {
  requested: { tone: 'waiting', words: 'Requested', means: 'It is about to be looked at.' },
  in_review: { tone: 'waiting', words: 'In review', means: 'Somebody looks at it before it is paid.' },
  approved: { tone: 'waiting', words: 'Approved', means: 'It is paid next.' },
  started: {
    tone: 'waiting',
    words: 'Being paid',
    means: 'The provider was asked to pay, and has not said yet what became of it.',
  },
  sent: {
    tone: 'waiting',
    words: 'On the way',
    means: 'The provider has taken it over; the money has not arrived yet.',
  },
  paid: { tone: 'good', words: 'Paid', means: 'The money has arrived.' },
  refused: { tone: 'bad', words: 'Refused', means: back },
  cancelled: { tone: 'off', words: 'Cancelled', means: back },
  failed: { tone: 'bad', words: 'Could not be paid', means: back },
  returned: { tone: 'bad', words: 'Came back', means: `The money came back. ${back}` },
};

/** Where a redemption is, in plain words. */
export const statusWords = (status: Status): StatusWords => statuses[status];

/** Whether it can still be taken back: nobody has begun to pay it. */
export const isCancellable = (status: Status): boolean => status === 'in_review' || status === 'approved';

/** Whether it can still become something else by itself. */
export const isOpen = (status: Status): boolean => statuses[status].tone === 'waiting';
