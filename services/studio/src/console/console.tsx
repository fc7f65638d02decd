import type { http } from '@carat/protocol';
import { useMemo, useState } from 'react';
import type { Api } from '../shared/api.ts';
import { formatDateTime, formatDuration, formatNumber, formatTimeExact } from '../shared/format.ts';
import { Card, Figure, Frame, Notice } from '../shared/frame.tsx';
import { limits } from '../shared/limits.ts';
import type { Identity } from '../shared/token.ts';
import { type Asked, useAsked } from '../shared/use-asked.ts';
import { sayError } from '../shared/words.ts';
import { ConsoleViews } from './console-views.tsx';
import { Generation } from './generation.tsx';
import { openJobs } from './jobs.ts';
import { Parked } from './parked.tsx';
import { Proof } from './proof.tsx';
import { sayRebuild } from './stands.ts';
import { Verdict } from './verdict.tsx';

/** How the system stands, and the proof that nothing was lost or made up; both asked for each second. */
export const Console = ({ api, identity }: { readonly api: Api; readonly identity: Identity }) => {
  const status = useOperators<http.SystemStatus>(api, '/operators/status');
  const proof = useOperators<http.Conservation>(api, '/operators/proof');
  return (
    <Frame title="Console" about={identity.sub} actions={<AsOfWhen asked={status} />}>
      <ConsoleViews />
      {status.error !== undefined && (
        <Notice tone="bad">
          {sayError(status.error)}
          {status.value && ` What stands here is of ${formatTimeExact(status.value.at)}.`}
        </Notice>
      )}
      {status.value && <Attention status={status.value} isProven={proof.value?.holds !== false} />}
      <div className="console-columns">
        <Proof proof={proof.value} error={proof.error} />
        {status.value && <Status status={status.value} api={api} />}
      </div>
    </Frame>
  );
};

const useOperators = <T,>(api: Api, path: string): Asked<T> => {
  const ask = useMemo(() => (signal: AbortSignal) => api.get<T>(path, signal), [api, path]);
  return useAsked(ask, limits.operatorsEveryMs);
};

const AsOfWhen = ({ asked: { value, error } }: { readonly asked: Asked<http.SystemStatus> }) => (
  <p className={`pill ${error === undefined && value ? 'pill-connected' : ''}`}>
    <span className="dot" />
    {value ? formatTimeExact(value.at) : 'Asking …'}
  </p>
);

const Attention = ({
  status: { faults, unseen },
  isProven,
}: {
  readonly status: http.SystemStatus;
  readonly isProven: boolean;
}) => {
  const unproven = isProven ? [] : ['Not every coin is accounted for: the proof does not hold.'];
  const all = [...unproven, ...unseen, ...faults];
  return (
    <div className="attention" role="status">
      {all.length === 0 ? (
        <Verdict stand={{ tone: 'good', words: 'All is well' }} />
      ) : (
        <ul>
          {all.map((fault) => (
            <li key={fault} className="notice notice-bad">
              {fault}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

const Status = ({ status, api }: { readonly status: http.SystemStatus; readonly api: Api }) => {
  const { log, redis, progress, rebuild, still } = status;
  return (
    <>
      <div className="console-stack">
        <Card title="The log">
          {log ? <LogFigures log={log} now={status.at} /> : <p className="empty">It cannot be read.</p>}
        </Card>
        {redis && <Queue queue={redis.queue} api={api} />}
      </div>
      <Card title="Numbers" className="whole-row">
        {redis === null && <p className="empty">Redis cannot be reached.</p>}
        {redis && redis.active === null && <p className="empty">There are none yet.</p>}
        {redis?.active && (
          <Generation does="is read" generation={redis.active} progress={progress} still={still} />
        )}
        {redis?.candidate && (
          <Generation
            does={redis.candidate.approved ? 'takes its place' : 'is being filled'}
            generation={redis.candidate}
            progress={progress}
          />
        )}
        {rebuild && <p className="soft">{sayRebuild(rebuild)}</p>}
        {redis?.previous && (
          <p className="soft">Generation {redis.previous.generation} is kept to go back to.</p>
        )}
      </Card>
      <Card title="Parked events" className="whole-row">
        <Parked redis={redis} />
      </Card>
    </>
  );
};

const LogFigures = ({ log, now }: { readonly log: http.LogStands; readonly now: number }) => {
  const { head, lastSeal, unsealedSince, id } = log;
  return (
    <dl className="figures">
      <Figure
        name="Head"
        value={head ? formatNumber(Number(head.position)) : 'empty'}
        note={head ? formatDateTime(head.created) : undefined}
      />
      <Figure
        name="Sealed"
        value={lastSeal ? formatNumber(lastSeal.events) : 'nothing'}
        note={lastSeal ? `by seal ${formatNumber(lastSeal.number)}` : undefined}
      />
      <Figure
        name="Waits for a seal"
        value={unsealedSince === null ? '0 s' : formatDuration(now - unsealedSince)}
      />
      <Figure name="Id" value={id?.slice(0, 8) ?? 'none'} note={id?.slice(8)} />
    </dl>
  );
};

const Queue = ({ queue, api }: { readonly queue: http.QueueStands; readonly api: Api }) => {
  const [error, setError] = useState<unknown>();
  return (
    <Card
      title="Wake-ups"
      aside={
        <button type="button" className="quiet" onClick={() => openJobs(api).then(setError, setError)}>
          Look at the jobs
        </button>
      }
    >
      <dl className="figures queue">
        <Figure name="Waiting" value={formatNumber(queue.waiting)} />
        <Figure name="Active" value={formatNumber(queue.active)} />
        <Figure name="Delayed" value={formatNumber(queue.delayed)} />
        <Figure name="Failed" value={formatNumber(queue.failed)} />
      </dl>
      {queue.paused && <Notice tone="bad">The queue is paused.</Notice>}
      {error !== undefined && <Notice tone="bad">{sayError(error)}</Notice>}
    </Card>
  );
};
