import { readFileSync } from 'node:fs';
import { readSealKey } from '@carat/event-store';
import { maxShards } from '@carat/protocol';
import { commonEnv, describeFailure, type Env, integerEnv, parseConfig, portEnv } from '@carat/service-kit';
import { z } from 'zod';

/** The path of a file with a private key; what it must be, and how to make one. */
const sealKeyEnv = z.string().transform((path, context) => {
  try {
    return readSealKey(readFileSync(path, 'utf8'));
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message:
        `must be the path of a file with an Ed25519 private key, made with "openssl genpkey -algorithm ` +
        `ed25519 -out ${path}": ${describeFailure(error)}`,
    });
    return z.NEVER;
  }
});

/** The projector's settings. @throws ConfigError */
export const readConfig = (env: Env = process.env) =>
  parseConfig(
    {
      ...commonEnv,
      CARAT_PROJECTOR_PORT: portEnv(3002),
      CARAT_SEAL_KEY: sealKeyEnv.optional(),
      CARAT_CREATOR_SHARDS: integerEnv(1, maxShards, 1),
    },
    env,
  );

export type ProjectorConfig = ReturnType<typeof readConfig>;
