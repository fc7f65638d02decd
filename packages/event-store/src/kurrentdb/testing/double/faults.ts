/** What goes wrong with a call. */
export type Failure =
  /** UNAVAILABLE, as from a server that is going down. */
  | 'refuse'
  /** No word, ever. */
  | 'silence'
  /** An answer that waits for `until`. */
  | 'late'
  /** The connection is gone. */
  | 'cut'
  /** The call ends with OK and says nothing. */
  | 'end'
  | 'deadline_exceeded'
  /** The server's own time limit for its cluster's word. */
  | 'timeout'
  | 'busy'
  | 'not_ready'
  /** Another node leads: `leader`. */
  | 'not_leader'
  /** The caller is known and may not. */
  | 'access_denied'
  /** The caller is not who it says. */
  | 'unauthenticated'
  | 'invalid'
  /** The server lacks the call. */
  | 'unimplemented';

export type Fault = {
  readonly failure: Failure;
  /** Appends: whether what was sent is written all the same. Default: no. */
  readonly written?: boolean;
  /** Reads and subscriptions: after how many messages. Default: at once. */
  readonly afterMessages?: number;
  readonly until?: Promise<unknown>;
  readonly leader?: Endpoint;
};

export type Endpoint = { readonly host: string; readonly port: number };

/** The faults of one kind of call, used up in order; calls that come after them go well. */
export class FaultPlan {
  #next: Fault[] = [];
  #always: Fault | undefined;
  #calls = 0;

  /** How many calls came, faults or not. */
  get calls(): number {
    return this.#calls;
  }

  /** The next calls fail so. */
  next(fault: Fault, calls = 1): void {
    for (let call = 0; call < calls; call++) this.#next.push(fault);
  }

  /** Every call fails so until `clear`. */
  always(fault: Fault): void {
    this.#always = fault;
  }

  clear(): void {
    this.#next = [];
    this.#always = undefined;
  }

  take(): Fault | undefined {
    this.#calls++;
    return this.#next.shift() ?? this.#always;
  }
}

/** Where an append has come to. Each is called before the next begins. */
export type AppendStep = 'received' | 'checked' | 'written' | 'answered';

export type SteppingAppend = { readonly streams: readonly string[]; readonly ids: readonly string[] };

export type Member = Endpoint & { readonly leads: boolean; readonly isAlive: boolean };

/** What a test makes go wrong. All of it can be changed while the double runs. */
export class Faults {
  readonly appends = new FaultPlan();
  readonly reads = new FaultPlan();
  readonly subscriptions = new FaultPlan();
  /** The question for the server's features, asked once per connection. */
  readonly features = new FaultPlan();

  /** Called between any two steps of an append; may wait, throw into the call, or kill the double. */
  onStep: ((step: AppendStep, append: SteppingAppend) => void | Promise<void>) | undefined;
  /** Called with the true members of the cluster: gossip tells what it returns. */
  gossip: ((members: readonly Member[]) => readonly Member[]) | undefined;
  /** The double's clock runs ahead by so many ms. */
  clockSkewMs = 0;
  /** What happens to connections that come: `silent` ones are taken and never answered. */
  connections: 'answered' | 'silent' | 'refused' = 'answered';

  /** Everything goes well from now on. */
  clear(): void {
    for (const plan of [this.appends, this.reads, this.subscriptions, this.features]) plan.clear();
    this.onStep = undefined;
    this.gossip = undefined;
    this.clockSkewMs = 0;
    this.connections = 'answered';
  }
}
