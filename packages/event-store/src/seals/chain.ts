import type { JsonObject } from '../port.ts';
import type { SealFault, SealFindings } from './findings.ts';
import { hashOfSeal, noSeal, type Seal } from './seal.ts';

export type ChainCheck = {
  /** @param data of the event as it is, whether or not a seal can be read from it */
  see(place: number, seal: Seal | undefined, data: JsonObject): void;
  /** One that nothing is known of. */
  lose(): void;
};

/** Every seal names the one before it, bears the number after it, and is not older. */
export const createChainCheck = ({ add }: Pick<SealFindings, 'add'>): ChainCheck => {
  let hash: string | undefined = noSeal;
  let number: number | undefined = 0;
  let at = 0;
  return {
    see: (place, seal, data) => {
      const tell = (fault: SealFault): void => add({ fault, seals: [place, place] });
      if (seal) {
        if (hash !== undefined && seal.previous !== hash) tell('broken_chain');
        if (number !== undefined && seal.number !== number + 1) tell('wrong_number');
        if (seal.at < at) tell('wrong_time');
        at = seal.at;
      }
      number = seal?.number;
      hash = hashOfSeal(data);
    },
    lose: () => {
      [hash, number] = [undefined, undefined];
    },
  };
};
