import { parseConfig, portEnv } from '@carat/service-kit';
import { z } from 'zod';

/** What a spec tells its stand-in. */
export const readConfig = () =>
  parseConfig(
    {
      CARAT_STAND_IN_PORT: portEnv(0),
      /** It then fails to start, with this sentence. */
      CARAT_STAND_IN_FAILS: z.string().optional(),
    },
    process.env,
  );
