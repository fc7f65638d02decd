export { withoutCredentials } from './address.ts';
export { type Auth, createAuth, type Identity, signToken } from './auth.ts';
export { type Clock, createClock } from './clock.ts';
export { type ClockCheck, maxClockSkewMs, startClockCheck } from './clock-check.ts';
export {
  type CommonConfig,
  ConfigError,
  commonEnv,
  type Env,
  integerEnv,
  localJwtSecret,
  parseConfig,
  portEnv,
  urlEnv,
} from './config.ts';
export { describeFailure } from './failure.ts';
export { type Check, createHealth, type Health, type Readiness } from './health.ts';
export { createLogger, type Logger } from './logging.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { answerOps, type Ops, serveOps } from './ops-server.ts';
export { type CloseStep, type RunningService, runService } from './service.ts';
