import { type OpenSettings, providerEnv } from '@carat/payout-providers';
import { commonEnv, type Env, parseConfig } from '@carat/service-kit';

/** The payout providers' settings, and by how many ms the system's clock is set off. */
export type PayoutsConfig = OpenSettings & { readonly CARAT_CLOCK_OFFSET: number };

/** @throws ConfigError */
export const readPayoutsConfig = (from: Env = process.env): PayoutsConfig => {
  const { NODE_ENV, CARAT_CLOCK_OFFSET } = commonEnv;
  return parseConfig({ NODE_ENV, CARAT_CLOCK_OFFSET, ...providerEnv }, from);
};
