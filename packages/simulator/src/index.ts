export { defaultCatalogue } from './catalogue.ts';
export * from './gift-log.ts';
export { type Faults, type Habits, measuredHabits, type Preset, presets } from './habits.ts';
export { type RunningLive, runLive, type SimulatedLive, simulateLive } from './live.ts';
export type { LiveOptions } from './options.ts';
export * from './parse.ts';
export * from './totals.ts';
