import { unitOfCreator } from '@carat/protocol';
import { activeGeneration, type RedisClient, readCheckpoint, type Unit } from '@carat/read-models';

/** What shows a number now, or why nobody can tell. */
export type ShownBy =
  | {
      readonly unit: Unit;
      readonly generation: string;
      readonly position: string | null;
      /** Whether it is read now: a unit that is being filled shows nothing. */
      readonly whole: boolean;
    }
  | { readonly unknown: string };

const noNumbers = 'Redis holds no numbers: they are yet to be filled from the log.';

/** Never rejects: without Redis the log still explains everything. */
export const findShownBy = async (
  redis: RedisClient | undefined,
  redisFault: string | undefined,
  creator: string,
): Promise<ShownBy> => {
  if (redis === undefined) return { unknown: redisFault ?? "Redis can't be reached." };
  try {
    const active = await activeGeneration(redis);
    if (active === undefined) return { unknown: noNumbers };
    const unit = unitOfCreator(creator, active.units);
    const checkpoint = await readCheckpoint(redis, active.generation, unit);
    if (checkpoint === undefined) return { unknown: noNumbers };
    const { position, torn, complete } = checkpoint;
    return { unit, generation: active.generation, position, whole: complete && !torn };
  } catch (error) {
    return { unknown: `Redis can't be read: ${(error as Error).message}` };
  }
};

export const showShownBy = (shown: ShownBy): string[] => {
  if ('unknown' in shown) return ['What shows it now is unknown.', `  ${shown.unknown}`];
  const { unit, generation, position, whole } = shown;
  return [
    `Shown now by unit ${unit} of generation ${generation},`,
    `  at position ${position ?? 'none'}${whole ? '' : '; it is still being filled from the log'}`,
  ];
};
