import { useEffect, useState } from 'react';

/** A value once it has stood for `ms`: while somebody types, not every letter is a question. */
export const useSteady = <T>(value: T, ms: number): T => {
  const [steady, setSteady] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSteady(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return steady;
};
