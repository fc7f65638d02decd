export {
  localSandboxSecret,
  type ProviderConfig,
  type ProviderName,
  providerEnv,
  providerNames,
  sandboxPort,
} from './config.ts';
export { limits as payoutLimits } from './limits.ts';
export { type OpenSettings, openProviders } from './open.ts';
export { createPaypal } from './paypal/adapter.ts';
export * from './port.ts';
export { createSandbox } from './sandbox/adapter.ts';
export { type FaultSettings, faultsSchema } from './sandbox/faults.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox/start.ts';
export { createStripe } from './stripe/adapter.ts';
