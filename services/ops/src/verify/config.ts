import { readFileSync } from 'node:fs';
import { readSealPublicKey } from '@carat/event-store';
import { describeFailure, type Env, parseConfig } from '@carat/service-kit';
import { z } from 'zod';
import { CommandError } from '../outcome.ts';

const env = { CARAT_SEAL_PUBLIC_KEY: z.string().optional() };

/**
 * The public keys that seals must be signed with: of the files named, else of the one that the environment
 * names.
 * @returns base64url
 * @throws CommandError, ConfigError
 */
export const readSealKeys = (files: readonly string[], from: Env = process.env): ReadonlySet<string> => {
  const { CARAT_SEAL_PUBLIC_KEY: named } = parseConfig(env, from);
  const paths = files.length > 0 || named === undefined ? files : [named];
  const setting = files.length > 0 ? '--seal-key' : 'CARAT_SEAL_PUBLIC_KEY';
  return new Set(
    paths.map((path) => {
      try {
        return readSealPublicKey(readFileSync(path, 'utf8'));
      } catch (error) {
        throw new CommandError(`${path} is no Ed25519 public key (${setting}): ${describeFailure(error)}`);
      }
    }),
  );
};
