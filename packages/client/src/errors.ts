import type { Refusal, RefusalCode } from '@carat/protocol';

/** Carat said no: nothing was booked by the claim that this answers. */
export class CaratRefusal extends Error {
  override readonly name = 'CaratRefusal';
  readonly refusal: Refusal;
  readonly code: RefusalCode;

  constructor(refusal: Refusal) {
    super(`${refusal.refused}: ${refusal.message}`);
    this.refusal = refusal;
    this.code = refusal.refused;
  }
}

const meanings = {
  closed: 'Closed by this client; a claim that was already sent may have been booked.',
  connect_failed: 'Carat could not be reached, or did not let this client in; `cause` says why.',
  outbox_full: 'Too many claims wait for their answers. This one was not taken: wait for some of them.',
  gave_up: 'The claim could not be settled in time; it may have been booked. Look its combo up.',
} as const;

export type CaratErrorCode = keyof typeof meanings;

/** What went wrong on the way to Carat, and is no answer of Carat's. */
export class CaratError extends Error {
  override readonly name = 'CaratError';
  readonly code: CaratErrorCode;

  constructor(code: CaratErrorCode, cause?: unknown) {
    super(`${code}: ${meanings[code]}`, { cause });
    this.code = code;
  }
}

/** Whether an answer, or what a server attached to an error, is a refusal. */
export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
