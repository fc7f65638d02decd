import { useEffect, useMemo, useState } from 'react';
import type { Statement } from '../../money/statement.ts';
import { type Api, path } from '../../shared/api.ts';
import { download } from '../../shared/download.ts';
import { formatDay } from '../../shared/format.ts';
import { Card } from '../../shared/frame.tsx';
import { limits } from '../../shared/limits.ts';
import { useAsked } from '../../shared/use-asked.ts';
import { sayError } from '../../shared/words.ts';
import { statedPeriods } from './periods.ts';
import { StatementTable } from './statement-table.tsx';

type StatementsProps = {
  readonly api: Api;
  readonly creator: string;
  /** In ms since 1970. */
  readonly now: number;
  /** Asked anew when it changes. */
  readonly settled: string | undefined;
};

/** What was earned and paid in a month or a year, to look at and to keep. */
export const StatementsCard = ({ api, creator, now, settled }: StatementsProps) => {
  const { months, years } = statedPeriods(now);
  const [chosen, setChosen] = useState<string>();
  const period = chosen ?? months[0]!.period;
  const ask = useMemo(
    () => (signal: AbortSignal) =>
      api.get<Statement>(path`/creators/${creator}/statements/${period}`, signal),
    [api, creator, period],
  );
  const { value, error, again } = useAsked(ask, limits.chartsEveryMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is settled is the wish to ask again
  useEffect(again, [settled, again]);
  return (
    <Card title="Statements">
      <label htmlFor="statement-period">Month or year</label>
      <select id="statement-period" value={period} onChange={(event) => setChosen(event.target.value)}>
        {[...months, ...years].map(({ period: each, name }) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
      <div role="status">
        {error !== undefined && <p className="field-fault">{sayError(error)}</p>}
        {value && (
          <p className="soft">
            {value.final
              ? 'This statement is final: made again, it is the same for ever.'
              : `Until its last day, ${formatDay(value.period.to)}, is settled, this can still grow.`}
          </p>
        )}
      </div>
      {value && <StatementTable statement={value} />}
      {value && <Files key={period} api={api} creator={creator} period={period} isFinal={value.final} />}
    </Card>
  );
};

type FilesProps = {
  readonly api: Api;
  readonly creator: string;
  readonly period: string;
  readonly isFinal: boolean;
};

const Files = ({ api, creator, period, isFinal }: FilesProps) => {
  const [said, setSaid] = useState('');
  const statement = path`/creators/${creator}/statements/${period}`;
  const save = async (from: string, ending: string): Promise<void> => {
    setSaid('');
    try {
      await download(api, from, `statement-${creator}-${period}.${ending}`);
    } catch (error) {
      setSaid(sayError(error));
    }
  };
  /** A document is kept as it is issued: asked for again, it is the same file. */
  const issue = async (): Promise<void> => {
    try {
      await api.send('POST', `${statement}/issue`);
      await save(`${statement}/pdf`, 'pdf');
    } catch (error) {
      setSaid(sayError(error));
    }
  };
  return (
    <>
      <div className="answers">
        <button
          type="button"
          className="quiet small"
          onClick={() => void save(`${statement}?format=json`, 'json')}
        >
          Save JSON
        </button>
        <button
          type="button"
          className="quiet small"
          onClick={() => void save(`${statement}?format=csv`, 'csv')}
        >
          Save CSV
        </button>
        <button type="button" className="quiet small" disabled={!isFinal} onClick={() => void issue()}>
          Save PDF
        </button>
      </div>
      <p role="status" className="field-fault">
        {said}
      </p>
    </>
  );
};
