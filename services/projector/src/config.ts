import { commonEnv, parseConfig, portEnv } from '@carat/service-kit';

/** The projector's settings. @throws ConfigError */
export const readConfig = () =>
  parseConfig({ ...commonEnv, CARAT_PROJECTOR_PORT: portEnv(3002) }, process.env);

export type ProjectorConfig = ReturnType<typeof readConfig>;
