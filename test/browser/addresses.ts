import type { Role } from '@carat/protocol';
import { signToken } from '@carat/service-kit';
import type { Stage } from '../e2e/stage.ts';

type Path = '' | 'room/' | 'studio/' | 'overlay/' | 'console/';

/** Addresses of pages with tokens, as they are handed to people. An overlay needs no role. */
export const addressOf = async (
  stage: Stage,
  page: Path,
  role: Role | 'none',
  sub: string,
  query = '',
): Promise<string> => {
  const roles = role === 'none' ? [] : [role];
  const token = await signToken({ sub, roles, ttlSeconds: 3_600 }, stage.system.secret);
  return `${stage.system.apiUrl}/${page}${query}#token=${token}`;
};
