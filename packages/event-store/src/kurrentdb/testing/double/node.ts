import type { Endpoint, Fault, Faults, Member } from './faults.ts';
import type { Log } from './log.ts';
import { CallFailed, failureOf, type Protocol } from './statuses.ts';
import { type Outcome, type Transaction, verify, write } from './transaction.ts';

/** From one start of the double to its end. What has not happened when it ends never happens. */
export type Life = { isOver: boolean; writer: Promise<unknown> };

export const newLife = (): Life => ({ isOver: false, writer: Promise.resolve() });

/** What all calls of a running double share. */
export type Node = {
  readonly log: Log;
  readonly faults: Faults;
  readonly version: string;
  /** Whether appends of records are declared and served. */
  readonly appendRecords: boolean;
  readonly life: Life;
  readonly now: () => number;
  /** The node that leads, unless it is this one. */
  readonly otherLeader: () => Endpoint | undefined;
  readonly members: () => readonly Member[];
  /** Cuts the connection of the client at `peer`. */
  readonly cut: (peer: string) => void;
};

export type Caller = { readonly peer: string; readonly protocol: Protocol };

const never = () => new Promise<never>(() => {});

/** Does what a fault says; goes on after `late` only. */
export const suffer = async (node: Node, fault: Fault, { peer, protocol }: Caller): Promise<void> => {
  switch (fault.failure) {
    case 'late':
      await fault.until;
      return stillAlive(node.life);
    case 'silence':
      return never();
    case 'cut':
      node.cut(peer);
      return never();
    default:
      throw failureOf(fault, protocol);
  }
};

/** Whoever waits while the double dies is never answered. */
export const stillAlive = async (life: Life): Promise<void> => {
  if (life.isOver) await never();
};

/** One append from start to end, with the faults that a test wants. @throws CallFailed */
export const perform = async (node: Node, transaction: Transaction, caller: Caller): Promise<Outcome> => {
  const { life, faults, log } = node;
  const fault = faults.appends.take();
  if (fault && !fault.written) await suffer(node, fault, caller);

  await step(node, 'received', transaction);
  // The server has one writer: nothing comes between an append's check and its write.
  const written = life.writer.then(async () => {
    const outcome = verify(log, transaction);
    await step(node, 'checked', transaction);
    return outcome ?? write(log, transaction);
  });
  life.writer = written.catch(() => undefined);
  const outcome = await written;
  await step(node, 'written', transaction);
  if (fault?.written) await suffer(node, fault, caller);
  return outcome;
};

type Step = Parameters<NonNullable<Faults['onStep']>>[0];

export const step = async (node: Node, at: Step, { streams, records }: Transaction): Promise<void> => {
  const hook = node.faults.onStep;
  if (hook) await hook(at, { streams: streams.map(({ name }) => name), ids: records.map(({ id }) => id) });
  await stillAlive(node.life);
};

export const failed = (error: unknown): CallFailed =>
  error instanceof CallFailed ? error : new CallFailed(2, `The double failed: ${String(error)}`);
