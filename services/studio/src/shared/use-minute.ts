import type { Carat } from '@carat/client';
import { useEffect, useState } from 'react';

const minuteMs = 60_000;

/** The server's time, to the minute. */
export const useMinute = (carat: Carat | undefined): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const look = (): void => {
      const at = carat?.serverNow() ?? Date.now();
      setNow((before) => (Math.floor(at / minuteMs) === Math.floor(before / minuteMs) ? before : at));
    };
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [carat]);
  return now;
};
