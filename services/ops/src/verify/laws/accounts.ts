/** What one creator was ever given, and where it is, in thousandths of diamonds. */
export type Account = {
  awarded: bigint;
  /** Not settled yet. */
  pending: bigint;
  /** Settled days that are not available yet, in their order. */
  held: { readonly day: string; readonly millidiamonds: bigint }[];
  available: bigint;
  onTheWay: bigint;
  paid: bigint;
  /** The day settled last, and the time of the last event of the creator's earnings. */
  day: string;
  at: number;
};

const newAccount = (): Account => ({
  awarded: 0n,
  pending: 0n,
  held: [],
  available: 0n,
  onTheWay: 0n,
  paid: 0n,
  day: '',
  at: 0,
});

/** In thousandths of diamonds; together they are all that was awarded. */
export type Places = Readonly<Record<'pending' | 'held' | 'available' | 'onTheWay' | 'paid', bigint>>;

export const noPlaces: Places = { pending: 0n, held: 0n, available: 0n, onTheWay: 0n, paid: 0n };

export const placesOf = ({ pending, held, available, onTheWay, paid }: Account): Places => ({
  pending,
  held: held.reduce((sum, { millidiamonds }) => sum + millidiamonds, 0n),
  available,
  onTheWay,
  paid,
});

export const sumOf = ({ pending, held, available, onTheWay, paid }: Places): bigint =>
  pending + held + available + onTheWay + paid;

const dayMs = 86_400_000;
const daysBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * dayMs).toISOString().slice(0, day.length);

/** The creators' accounts. What is remembered grows with them and the days that are held of them. */
export const createAccounts = () => {
  const accounts = new Map<string, Account>();
  let availableThrough = '';

  /** What is old enough by now becomes available. */
  const release = (account: Account): void => {
    while (account.held[0] && account.held[0].day <= availableThrough) {
      account.available += account.held.shift()!.millidiamonds;
    }
  };

  return {
    /** As it stands, with all available that is. */
    of(creator: string): Account {
      let account = accounts.get(creator);
      if (account === undefined) {
        account = newAccount();
        accounts.set(creator, account);
      }
      release(account);
      return account;
    },
    /** A day is closed: the hold ends for all that is old enough by it, and nothing is held again. */
    close(day: string, holdDays: number): void {
      const through = daysBefore(day, holdDays);
      if (through > availableThrough) availableThrough = through;
    },
    *all(): Generator<Account> {
      for (const account of accounts.values()) {
        release(account);
        yield account;
      }
    },
  };
};

export type Accounts = ReturnType<typeof createAccounts>;
