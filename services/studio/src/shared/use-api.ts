import { useRef, useState } from 'react';
import { type Api, createApi } from './api.ts';
import type { Identity } from './token.ts';

/** The api asked as one person; the same also when the token is renewed, so that nothing is asked anew. */
export const useApi = ({ token }: Identity): Api => {
  const latest = useRef(token);
  latest.current = token;
  const [api] = useState(() => createApi(() => latest.current));
  return api;
};
