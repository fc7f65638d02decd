import { faultsSchema, localSandboxSecret, sandboxPort } from '@carat/payout-providers';
import { ConfigError, commonEnv, type Env, parseConfig, portEnv, urlEnv } from '@carat/service-kit';
import { z } from 'zod';

const faultsEnv = z.string().transform((text, context) => {
  try {
    return faultsSchema.parse(JSON.parse(text));
  } catch {
    const names = Object.keys(faultsSchema.shape).join(', ');
    context.addIssue({ code: 'custom', message: `must be JSON with some of ${names}, as {"lose":0.1}` });
    return z.NEVER;
  }
});

/** The sandbox's settings. In production there is none. @throws ConfigError */
export const readConfig = (env: Env = process.env) => {
  const { NODE_ENV, LOG_LEVEL, CARAT_HOST, CARAT_CLOCK_OFFSET } = commonEnv;
  const config = parseConfig(
    {
      ...{ NODE_ENV, LOG_LEVEL, CARAT_HOST, CARAT_CLOCK_OFFSET },
      CARAT_SANDBOX_PORT: portEnv(sandboxPort),
      CARAT_SANDBOX_LEDGER: z.string().default('.carat/sandbox-ledger.jsonl'),
      CARAT_SANDBOX_SECRET: z.string().default(localSandboxSecret),
      CARAT_SANDBOX_WEBHOOK_URL: urlEnv('http', 'https').optional(),
      CARAT_SANDBOX_FAULTS: faultsEnv.optional(),
    },
    env,
  );
  if (config.NODE_ENV !== 'production') return config;
  throw new ConfigError(
    'Bad configuration: with NODE_ENV=production there is no sandbox, as it moves no money.',
  );
};
