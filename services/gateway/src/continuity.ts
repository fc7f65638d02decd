import type { Unit } from '@carat/protocol';
import type { UnitMessage } from '@carat/read-models';

type Hooks = {
  apply(message: UnitMessage): void;
  /**
   * Messages were missed: of one of the units of creators that there are, or, where it is not known which
   * these are, of any. All that they could have brought is to be read, by reads that begin after the call.
   */
  onMissed(unit?: Unit, units?: readonly Unit[]): void;
};

/** Hands on what the units say, and notices where messages are missed: each unit's are a chain. */
export const openContinuity = ({ apply, onMissed }: Hooks): { take(message: UnitMessage): void } => {
  /** By unit, where it stood when it was last heard of. */
  const heard = new Map<Unit, { readonly generation: string; readonly position: string | null }>();

  return {
    take(message) {
      const { generation, unit, previous, position } = message;
      const last = heard.get(unit);
      heard.set(unit, { generation, position });
      // With a unit first heard of, creators may belong to others than it seemed.
      if (last?.generation !== generation) onMissed();
      else if (last.position === position) return;
      else if (last.position !== previous) {
        const units = [...heard].filter(([, place]) => place.generation === generation);
        onMissed(
          unit,
          units.map(([name]) => name),
        );
      }
      apply(message);
    },
  };
};
