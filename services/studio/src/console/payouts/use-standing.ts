import type { redemptions } from '@carat/protocol';
import { useMemo, useState } from 'react';
import { type Api, path } from '../../shared/api.ts';
import { limits } from '../../shared/limits.ts';
import { useAsked } from '../../shared/use-asked.ts';

/** A creator's standing, and what changes it: each change answers how it stands then. */
export type StandingDesk = {
  readonly creator: string;
  readonly standing: redemptions.StandingShown | undefined;
  readonly error: unknown;
  /** @throws what the api said */
  readonly change: (method: 'POST' | 'PUT' | 'DELETE', what: string, body?: object) => Promise<void>;
};

export const useStanding = (api: Api, creator: string): StandingDesk => {
  const ask = useMemo(
    () => (signal: AbortSignal) =>
      api.get<redemptions.StandingShown>(path`/creators/${creator}/standing`, signal),
    [api, creator],
  );
  const { value, error, again } = useAsked(ask, limits.payoutsEveryMs);
  const [changed, setChanged] = useState<{
    readonly after: unknown;
    readonly to: redemptions.StandingShown;
  }>();
  const change: StandingDesk['change'] = async (method, what, body) => {
    const to = await api.send<redemptions.StandingShown>(
      method,
      `${path`/creators/${creator}/`}${what}`,
      body,
    );
    setChanged({ after: value, to });
    again();
  };
  // What a change answered holds until something newer is read.
  const standing = changed !== undefined && changed.after === value ? changed.to : value;
  return { creator, standing, error, change };
};
