export { createSandbox } from './adapter.ts';
export { type FaultSettings, faultsSchema } from './faults.ts';
export type { SandboxPayout } from './payout.ts';
export { strangerPrefix } from './server.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './start.ts';
