import { commonEnv, parseConfig, portEnv } from '@carat/service-kit';

/** The gateway's settings. @throws ConfigError */
export const readConfig = () => parseConfig({ ...commonEnv, CARAT_GATEWAY_PORT: portEnv(3001) }, process.env);

export type GatewayConfig = ReturnType<typeof readConfig>;
