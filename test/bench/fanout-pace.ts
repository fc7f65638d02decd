const everyMs = 5;

/** Sends at a steady pace, whatever becomes of what was sent. @returns stops it, and says how many it was */
export const sendSteadily = (perSecond: number, send: (number: number) => void): (() => number) => {
  const began = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * perSecond) / 1_000;
    while (sent < due) send(++sent);
  }, everyMs);
  return () => {
    clearInterval(timer);
    return sent;
  };
};
