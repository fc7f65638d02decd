import type { EventStore, StreamWrite } from '@carat/event-store';
import { isRefusal, type Refusal, refuse } from '@carat/protocol';
import { append } from './append.ts';
import { limits } from './limits.ts';

/**
 * What was decided: what to append, and what to answer once it is there. Without writes nothing is
 * appended.
 */
export type Step<Answer> = { readonly writes: readonly StreamWrite[]; readonly answer: Answer | Refusal };

/**
 * Reads, decides, and appends at exactly the revisions that were read; where somebody else was faster, all
 * of it again, at most `maxDecisions` times.
 * @param readAndDecide reads the streams anew at every call and decides by them, without effects of its own
 * @returns the answer, or a refusal: the decider's, `overloaded` or `outcome_unknown`
 */
export const decideAndAppend = async <Answer extends object>(
  store: Pick<EventStore, 'append'>,
  readAndDecide: () => Promise<Step<Answer>>,
): Promise<Answer | Refusal> => {
  for (let decisions = 0; decisions < limits.maxDecisions; decisions++) {
    const { writes, answer } = await readAndDecide();
    if (writes.length === 0) return answer;
    const result = await append(store, writes);
    if (isRefusal(result)) return result;
    if (result.appended) return answer;
  }
  return refuse('overloaded', { retryAfterMs: limits.retryAfterMs });
};
