import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import { afterAll } from 'vitest';
import {
  asMortal,
  type Capabilities,
  type Crashing,
  eventStoreLaws,
  type FreshLog,
  sharedLog,
} from '../laws.ts';
import { readVersion } from './opening.ts';
import { openKurrentStore } from './store.ts';
import { type Double, startDouble } from './testing/double/double.ts';

const capabilities: Capabilities = {
  reopen: true,
  processes: true,
  crash: true,
  gaplessPositions: false,
  ownPositions: false,
  milliseconds: false,
  casesInOneAppend: false,
  countsWhatItPasses: false,
};

const double: Double = await startDouble();
afterAll(() => double.stop());

const open = () => openKurrentStore(double.url);

/** Ends the server after so many steps, at once, and starts it again on what it has written. */
const crashAfter = (steps: number) => {
  let stepsLeft = steps;
  let restarting: Promise<void> | undefined;
  const restart = (): Promise<void> => {
    double.faults.onStep = undefined;
    restarting ??= double.restart();
    return restarting;
  };
  double.faults.onStep = () => {
    stepsLeft -= 1;
    return stepsLeft < 0 ? restart() : undefined;
  };
  return async (): Promise<boolean> => {
    const happened = restarting !== undefined;
    await restart();
    return happened;
  };
};

/**
 * The server crashes. Every other time who appends dies in the same moment; else it lives on, and is to find
 * out what came of it.
 */
const openCrashing = async (steps: number): Promise<Crashing> => {
  crashes += 1;
  const living = await open();
  const crash = crashAfter(steps);
  if (crashes % 2 === 0) return { store: living, crash };
  const { store, die } = asMortal(living);
  const { onStep } = double.faults;
  double.faults.onStep = (step, append) => {
    const crashing = onStep?.(step, append);
    if (crashing !== undefined) die();
    return crashing;
  };
  return {
    store,
    crash: () => {
      die();
      return crash();
    },
  };
};
let crashes = 0;

const freshLog = async (): Promise<FreshLog> => {
  double.clear();
  return { open, openCrashing };
};

eventStoreLaws('KurrentDB’s adapter over the double', freshLog, capabilities, { runs: 12 });

const url = process.env.KURRENTDB_URL;
if (url) {
  const client = KurrentDBClient.connectionString(url);
  eventStoreLaws(
    `KurrentDB ${await readVersion(client)}`,
    sharedLog({ open: () => openKurrentStore(url) }),
    { ...capabilities, crash: false },
    { runs: 10 },
  );
}
