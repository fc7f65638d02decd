/** How long to wait before a frame is due, in ms: never negative; at speed 0 everything is due at once. */
export const waitBefore = (frame: { readonly t: number }, speed: number, elapsedMs: number): number =>
  speed === 0 ? 0 : Math.max(0, frame.t / speed - elapsedMs);
