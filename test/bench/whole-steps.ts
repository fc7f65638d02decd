/** A bench, and how it is run: whole, and as a smoke run of seconds whose figures say nothing. */
export type Step = {
  readonly bench: string;
  readonly whole: readonly string[];
  readonly quick: readonly string[];
  /** How often the whole is run, where a bench measures once in a run: medians of rounds are of these. */
  readonly runs?: number;
};

const oneRound = ['--rounds', '1'];
const oneSecond = [...oneRound, '--seconds', '1'];

/** Every row of the budgets, in the order of the way of a gift. */
export const steps: readonly Step[] = [
  { bench: 'gifts', whole: [], quick: oneSecond },
  { bench: 'receipts', whole: [], quick: oneSecond },
  { bench: 'fanout', whole: [], quick: [...oneSecond, '--watchers', '10'] },
  { bench: 'two-gateways', whole: [], quick: oneSecond },
  { bench: 'event-store', whole: [], quick: oneRound },
  { bench: 'projections', whole: [], quick: [...oneRound, '--gifts', '20000'] },
  { bench: 'rebuild', whole: [], quick: ['--gifts', '20000'], runs: 3 },
  { bench: 'settling', whole: [], quick: ['--gifts', '5000', '--creators', '500'], runs: 3 },
  { bench: 'idle-sockets', whole: [], quick: [...oneRound, '--sockets', '300'] },
  { bench: 'connected', whole: [], quick: ['--sockets', '300', '--gifts', '200', '--seconds', '2'] },
  { bench: 'combos', whole: [], quick: ['--combos', '50000'] },
  { bench: 'growth', whole: [], quick: [...oneSecond, '--gifts', '30000'] },
  { bench: 'soak', whole: [], quick: ['--minutes', '0.1', '--fill-seconds', '1'] },
  { bench: 'kurrentdb', whole: [], quick: oneSecond },
  {
    bench: 'drops',
    whole: [],
    quick: ['--watchers', '20', '--seconds', '20', '--gifts', '50', '--stock-watchers', '20'],
  },
  { bench: 'stalled', whole: [], quick: ['--seconds', '4', '--gifts', '200'] },
];
