import { commonEnv, parseConfig, urlEnv } from '@carat/service-kit';

const { NODE_ENV, CARAT_EVENT_STORE, REDIS_URL, CARAT_JWT_SECRET } = commonEnv;

/** Which system the commands speak to. @throws ConfigError */
export const readConfig = () =>
  parseConfig(
    {
      NODE_ENV,
      CARAT_EVENT_STORE,
      REDIS_URL,
      CARAT_JWT_SECRET,
      CARAT_URL: urlEnv('http', 'https').default('http://127.0.0.1:3000'),
    },
    process.env,
  );

export type OpsConfig = ReturnType<typeof readConfig>;
