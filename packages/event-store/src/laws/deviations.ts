/** A law as it was first written down, that the port has not taken over, or not as it was. */
export type Deviation = { readonly law: number; readonly why: string };

/** Nothing in the suite proves these: the port has nothing they could be about. */
export const dropped: readonly Deviation[] = [
  { law: 6, why: '`any`: every append names the revision it expects, so that all of them can be repeated' },
  { law: 31, why: 'truncation: the log is the only truth, and seals prove that nothing of it is gone' },
  { law: 32, why: 'tombstones: no stream ever ends, and ids in it are all there is of a person' },
];

/** These are proved as the port has them. */
export const changed: readonly Deviation[] = [
  { law: 2, why: 'an append is one to many streams, so whole or not at all is over all of them' },
  { law: 3, why: 'no `stream_exists`, and a conflict names every stream that is not as expected' },
  { law: 4, why: 'a repetition may answer a later position: group commits share the position of the last' },
  {
    law: 9,
    why: 'what one append writes to a stream is contiguous; several streams stand in the order given',
  },
  { law: 10, why: 'the position answered is one as of which the append is visible, at or after its own' },
  { law: 17, why: 'no subscription: `follow` reads pages and `onMore` only says that there is more' },
  { law: 18, why: 'the checkpoint is the `upTo` of the last page that was taken' },
  {
    law: 19,
    why: 'a page says how far it has looked, so what a filter leaves out is passed in bounded steps',
  },
  { law: 20, why: 'prefixes of stream names only: no reader needs those of types' },
  { law: 21, why: 'caught up is a page that is `atHead`' },
  { law: 22, why: 'back-pressure: the next page is read when the last one is taken' },
  { law: 23, why: 'errors go to `onError` and are retried from the checkpoint; only `closed` ends it' },
  { law: 27, why: 'streams need no category, and one append may be refused names that differ in case only' },
  { law: 29, why: 'no metadata' },
  { law: 36, why: 'listeners are dropped without a word; the next call of anything says `closed`' },
];
