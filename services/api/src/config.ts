import { commonEnv, parseConfig, portEnv, urlEnv } from '@carat/service-kit';

const shape = {
  ...commonEnv,
  CARAT_API_PORT: portEnv(3000),
  CARAT_GATEWAY_URL: urlEnv('http', 'https', 'ws', 'wss')
    .default('http://127.0.0.1:3001')
    .describe('where clients find the gateway'),
};

/** The settings of this service. @throws ConfigError */
export const readConfig = () => parseConfig(shape, process.env);
