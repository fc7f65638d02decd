import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payoutProviderLaws, type Subject } from '../laws.ts';
import { createSandbox } from './adapter.ts';
import type { FaultSettings } from './faults.ts';
import { stateAt } from './payout.ts';
import { strangerPrefix } from './server.ts';
import { startSandbox } from './start.ts';
import { listen } from './testing/listener.ts';

const closed = 'http://127.0.0.1:2';

const openSubject = async (): Promise<Subject> => {
  const folder = await mkdtemp(join(tmpdir(), 'carat-sandbox-'));
  const secret = 'the secret of the sandbox';
  const listener = await listen();
  let offset = 0;
  const now = () => Date.now() + offset;
  const base: FaultSettings = { settleMs: 60_000, returnMs: 60_000 };
  const ledger = join(folder, 'ledger.jsonl');
  const sandbox = await startSandbox({ ledger, secret, now, webhookUrl: listener.url, faults: base });
  const adapter = (url = sandbox.url, by = secret) => createSandbox({ url, secret: by, now });
  let fate: FaultSettings = {};
  let fault: FaultSettings = {};
  const apply = () => sandbox.setFaults({ ...base, ...fate, ...fault });

  return {
    provider: adapter(),
    other: adapter(),
    unreachable: adapter(closed),
    stranger: adapter(sandbox.url, 'another secret'),
    secrets: [secret, 'another secret'],
    recipient: 'creator-1',
    nobody: `${strangerPrefix}-1`,
    moved: () =>
      sandbox
        .ledger()
        .filter((payout) => stateAt(payout, now()).outcome !== 'failed')
        .map(({ recipient, amountMinor, currency }) => ({ recipient, amountMinor, currency })),
    destine: async (next) => {
      fate = { paid: {}, failed: { failLater: 1 }, returned: { return: 1 } }[next];
      apply();
    },
    break: async (next) => {
      fault = next === undefined ? {} : { lose: { lose: 1 }, refuse: { down: 1 } }[next];
      apply();
    },
    settle: async () => {
      offset += 60_001;
    },
    takeBack: async () => {
      offset += 60_001;
    },
    advance: (ms) => {
      offset += ms;
    },
    now,
    messages: listener.messages,
    close: async () => {
      await sandbox.close();
      await listener.close();
      await rm(folder, { recursive: true });
    },
  };
};

payoutProviderLaws('the sandbox', openSubject, {
  failsLater: true,
  forgets: false,
  listsRecipient: true,
  referenceFrom: 'pay',
  agesMessages: true,
  pays: [
    ['1', 'USD'],
    ['999999999999', 'JPY'],
    ['100', 'KWD'],
  ],
  refuses: [],
});
