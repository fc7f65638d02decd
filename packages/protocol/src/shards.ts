/** Most shards that the numbers of creators are spread over. */
export const maxShards = 64;

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/**
 * In which of so many shards a creator's numbers lie, counted from 0: its id by FNV-1a, 32 bits (Fowler, Noll
 * and Vo, http://www.isthe.com/chongo/tech/comp/fnv/), modulo their number. Ids are ASCII, so a character is
 * a byte. What lies in Redis lies where this says, so it never changes.
 */
export const shardOf = (creator: string, shards: number): number => {
  if (shards === 1) return 0;
  let hash = offsetBasis;
  for (let i = 0; i < creator.length; i++) hash = Math.imul(hash ^ creator.charCodeAt(i), prime);
  return (hash >>> 0) % shards;
};
