import fc from 'fast-check';

/** No run begins later than this after the first, so that slow stores come to an end too. */
const maxPropertyMs = 60_000;

/** Proves something of so many random values, one after the other; what fails is made as small as can be. */
export const proveOfMany = <T>(
  values: fc.Arbitrary<T>,
  runs: number,
  proof: (value: T) => Promise<void>,
): Promise<void> => {
  const end = performance.now() + maxPropertyMs;
  const property = fc.asyncProperty(values, async (value) => {
    if (performance.now() < end) await proof(value);
  });
  return fc.assert(property, { numRuns: Math.max(1, Math.ceil(runs)) });
};
