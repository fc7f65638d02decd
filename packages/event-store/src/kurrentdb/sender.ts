import { setTimeout as pause } from 'node:timers/promises';
import type { AppendRecordInput, ConsistencyCheck } from '@kurrent/kurrentdb-client';
import { type AppendResult, EventStoreError, type Position } from '../port.ts';
import type { PreparedAppend } from '../validate.ts';
import { type Answer, toAnswer } from './answers.ts';
import type { Client, ClientHolder } from './client-holder.ts';
import { sentenceOf } from './errors.ts';
import { Lanes, type Traveller } from './lanes.ts';
import type { Limits } from './limits.ts';
import { deletedStream, judge } from './verdicts.ts';

type Refusal = Extract<Answer, { kind: 'refused' }>;
type Group = readonly Traveller[];

/**
 * Sends appends in groups, several at once: all that may go when there is room for another call go in it, so
 * groups are large only while there is much to do. (To split what fits into one, so that the server has
 * something to do meanwhile, was measured to be slower: a call costs as much as fifty events.)
 *
 * Every append settles within `maxWaitMs`, `maxDeliveryMs` and `sendMs` together.
 */
export class Sender {
  readonly #holder: ClientHolder;
  readonly #limits: Limits;
  readonly #lanes = new Lanes();
  readonly #whenDrained: (() => void)[] = [];
  #groupsInFlight = 0;
  #isScheduled = false;
  #sweep: NodeJS.Timeout | undefined;

  constructor(holder: ClientHolder, limits: Limits) {
    this.#holder = holder;
    this.#limits = limits;
  }

  /** @throws EventStoreError `unavailable`: too many wait; or as the port says */
  send(append: PreparedAppend): Promise<AppendResult> {
    const { promise, resolve, reject } = Promise.withResolvers<AppendResult>();
    const { maxWaitingAppends, maxWaitingBytes, maxWaitMs } = this.#limits;
    if (
      this.#lanes.waiting >= maxWaitingAppends ||
      this.#lanes.waitingBytes + append.bytes > maxWaitingBytes
    ) {
      reject(unavailable(`${this.#lanes.waiting} appends wait: there is no room for more.`));
      return promise;
    }
    const since = performance.now();
    this.#lanes.enter({
      append,
      since,
      resolve,
      reject,
      ahead: 0,
      isDoubtful: false,
      goesAlone: false,
      turnedBack: 0,
    });
    this.#sweep ??= setInterval(() => this.#expire(), maxWaitMs / 10);
    this.#schedule();
    return promise;
  }

  /** Resolves once every append has settled. */
  drain(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenDrained.push(resolve);
    this.#rest();
    return promise;
  }

  /** What comes in the same turn of the event loop goes together. */
  #schedule(): void {
    if (this.#isScheduled || this.#groupsInFlight >= this.#limits.maxGroupsInFlight) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    const { maxGroupsInFlight, maxGroupEvents: events, maxGroupBytes: bytes } = this.#limits;
    while (this.#groupsInFlight < maxGroupsInFlight && this.#lanes.hasReady) {
      this.#groupsInFlight += 1;
      void this.#deliver(this.#lanes.take({ events, bytes }));
    }
  }

  /** Sends a group until it is known what came of it, and settles its appends, or turns them back. */
  async #deliver(group: Group): Promise<void> {
    const answer = await this.#sendUntilKnown(group);
    this.#groupsInFlight -= 1;
    if (answer.kind === 'written') for (const each of group) this.#settleWritten(each, answer);
    else if (answer.kind === 'violated') this.#settleViolated(group, answer);
    else if (answer.kind === 'refused') this.#settleRefused(group, answer);
    else for (const each of group) this.#fail(each, undelivered(each, answer.error));
    this.#sendWaiting();
    this.#rest();
  }

  /** While the outcome is unknown, the very same group is sent again: it is written at most once. */
  async #sendUntilKnown(group: Group): Promise<Answer> {
    const { maxDeliveryMs, maxUnreachableMs, minResendPauseMs, maxResendPauseMs } = this.#limits;
    const call = toCall(group);
    const since = performance.now();
    for (let pauseMs = minResendPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxResendPauseMs)) {
      const { client } = this.#holder;
      const answer = await this.#sendOnce(client, call);
      if (answer.kind !== 'unreached' && answer.kind !== 'unknown') {
        this.#holder.praise(client);
        return answer;
      }
      if (answer.kind === 'unknown') for (const each of group) each.isDoubtful = true;
      this.#holder.replace(client);
      const isDoubtful = group.some((each) => each.isDoubtful);
      const maxMs = isDoubtful ? maxDeliveryMs : maxUnreachableMs;
      const jitteredMs = pauseMs * (0.5 + Math.random() / 2);
      if (performance.now() + jitteredMs - since >= maxMs) return answer;
      await pause(jitteredMs);
    }
  }

  #sendOnce(client: Client, { records, checks }: Call): Promise<Answer> {
    const { sendMs } = this.#limits;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => {
      resolve({ kind: 'unknown', error: new Error(`No answer came within ${sendMs} ms.`) });
    }, sendMs);
    client
      .appendRecords(records, checks)
      .then(({ position, responses }): Answer => {
        const revisions = new Map(responses.map((each) => [each.streamName, Number(each.revision)]));
        return { kind: 'written', position: position ?? -1n, revisions };
      }, toAnswer)
      .then((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    return promise;
  }

  #settleWritten(traveller: Traveller, { position, revisions }: Extract<Answer, { kind: 'written' }>): void {
    const { writes } = traveller.append;
    // A deleted stream goes on where it was when it is written to again, which no reader would understand.
    const odd = writes.find(({ stream, after, events }) => revisions.get(stream) !== after + events.length);
    if (odd !== undefined || position < 0n) {
      return this.#fail(
        traveller,
        deletedStream(odd?.stream ?? writes.map(({ stream }) => stream).join(', ')),
      );
    }
    this.#lanes.leave(traveller);
    traveller.resolve({
      appended: true,
      position: String(position) as Position,
      revisions: writes.map(({ after, events }) => after + events.length),
    });
  }

  #settleViolated(group: Group, { violations }: Extract<Answer, { kind: 'violated' }>): void {
    const verdicts = judge(group, violations);
    const again: Traveller[] = [];
    for (const [place, traveller] of group.entries()) {
      const verdict = verdicts[place];
      if (verdict?.kind === 'conflict') {
        this.#lanes.leave(traveller);
        traveller.resolve({ appended: false, conflicts: verdict.conflicts });
      } else if (verdict?.kind === 'failed') this.#fail(traveller, verdict.error);
      else if (group.length === 1)
        this.#fail(traveller, unavailable('The server refuses, and says not what.'));
      else if (performance.now() - traveller.since > this.#limits.maxWaitMs) {
        this.#fail(traveller, undelivered(traveller, new Error('Its companions were turned back too often')));
      } else {
        traveller.turnedBack += 1;
        traveller.goesAlone =
          verdict?.kind === 'perhaps_repeated' || traveller.turnedBack >= this.#limits.maxViolatedGroups;
        again.push(traveller);
      }
    }
    this.#lanes.turnBack(again);
  }

  /** One append may have spoiled it for all: each is sent alone. */
  #settleRefused(group: Group, refusal: Refusal): void {
    if (group.length === 1 || refusal.why === 'denied') {
      for (const each of group) this.#fail(each, refused(each, refusal));
      return;
    }
    for (const each of group) each.goesAlone = true;
    this.#lanes.turnBack(group);
  }

  #fail(traveller: Traveller, error: EventStoreError): void {
    this.#lanes.leave(traveller);
    traveller.reject(error);
  }

  #expire(): void {
    const { maxWaitMs } = this.#limits;
    for (const each of this.#lanes.expire(performance.now() - maxWaitMs)) {
      each.reject(undelivered(each, new Error(`It has waited for ${maxWaitMs} ms`)));
    }
    this.#sendWaiting();
    this.#rest();
  }

  #rest(): void {
    if (!this.#lanes.isEmpty) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    for (const resolve of this.#whenDrained.splice(0)) resolve();
  }
}

type Call = { readonly records: AppendRecordInput[]; readonly checks: ConsistencyCheck[] };

const toCall = (group: Group): Call => {
  const records: AppendRecordInput[] = [];
  const checks: ConsistencyCheck[] = [];
  for (const { append } of group) {
    for (const { stream: streamName, after, events } of append.writes) {
      checks.push({
        type: 'stream_state',
        streamName,
        expectedState: after < 0 ? 'no_stream' : BigInt(after),
      });
      for (const { id, type, json } of events) {
        const data = JSON.parse(json);
        const record = { id, type, data, contentType: 'application/json', metadata: undefined } as const;
        records.push({ streamName, record });
      }
    }
  }
  return { records, checks };
};

const unavailable = (message: string, cause?: Error): EventStoreError =>
  new EventStoreError('unavailable', message, cause && { cause });

const undelivered = ({ isDoubtful }: Traveller, cause: Error): EventStoreError => {
  const why = sentenceOf(cause);
  return isDoubtful
    ? new EventStoreError('outcome_unknown', `The server did not say what came of it: ${why}`, { cause })
    : unavailable(`The append was not sent: ${why}`, cause);
};

const refused = (traveller: Traveller, { why, error: cause }: Refusal): EventStoreError => {
  // An earlier sending may have come before the credentials were lost; what is invalid was never taken.
  if (why === 'denied') return undelivered(traveller, cause);
  const code = why === 'invalid' ? 'invalid_input' : 'too_large';
  return new EventStoreError(code, `The server refuses the append: ${sentenceOf(cause)}`, { cause });
};
