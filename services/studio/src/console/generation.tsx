import type { http } from '@carat/protocol';
import { formatNumber } from '../shared/format.ts';
import { sayBehind, standOf } from './stands.ts';
import { Verdict } from './verdict.tsx';

/** A generation of numbers, unit by unit. */
export const Generation = ({
  does,
  generation: { generation, projections, units },
  progress,
  still = [],
}: {
  readonly does: string;
  readonly generation: http.GenerationStands;
  readonly progress: http.SystemStatus['progress'];
  /** Units that are behind and do not move. */
  readonly still?: readonly string[];
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <section className="generation" tabIndex={0} aria-label={`Generation ${generation}`}>
    <table>
      <caption>
        Generation <strong>{generation}</strong> {does}{' '}
        <span className="soft">(projections {projections})</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Unit</th>
          <th scope="col">Stands</th>
          <th scope="col" className="number">
            Position
          </th>
          <th scope="col" className="number">
            Behind
          </th>
          <th scope="col" className="share">
            Of the log
          </th>
        </tr>
      </thead>
      <tbody>
        {units.map((stands) => (
          <UnitRow
            key={stands.unit}
            stands={stands}
            progress={progress[generation]?.[stands.unit]}
            isStill={still.includes(stands.unit)}
          />
        ))}
      </tbody>
    </table>
  </section>
);

const UnitRow = ({
  stands,
  progress,
  isStill,
}: {
  readonly stands: http.UnitStands;
  readonly progress: http.UnitProgress | undefined;
  readonly isStill: boolean;
}) => {
  const position = stands.checkpoint?.position ?? null;
  return (
    <tr>
      <th scope="row">{stands.unit}</th>
      <td>
        <Verdict stand={standOf(stands, progress, isStill)} />
      </td>
      <td className="number">{position === null ? '—' : formatNumber(Number(position))}</td>
      <td className="number">{sayBehind(progress)}</td>
      <td className="share">
        <progress max={1} value={progress?.share ?? 0} aria-label={`Share of the log in ${stands.unit}`} />
      </td>
    </tr>
  );
};
