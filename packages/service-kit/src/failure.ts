/** Kinds of error that only a defect in the code throws: these keep their stack. */
const defects = [TypeError, ReferenceError, SyntaxError, RangeError];

/**
 * Says in one sentence why something could not be had, for whoever started it; a defect comes with its stack.
 * `portVariable` is named where a port is taken.
 */
export const describeFailure = (error: unknown, portVariable?: string): string => {
  if (!(error instanceof Error)) return String(error);
  // Node tries all addresses of a name and hands back all failures, without a message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return describeFailure(error.errors[0], portVariable);
  }
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  const place = address && port !== undefined ? `${address}:${port}` : (address ?? `port ${port}`);
  if (code === 'EADDRINUSE') {
    const setting = portVariable ?? 'its setting';
    return `${place} is taken by another process: end it, or choose another port with ${setting}.`;
  }
  if (code === 'EACCES' && port !== undefined) return `${place} may not be listened on by this user.`;
  if (code === 'EADDRNOTAVAIL') return `${place} is not an address of this machine: check CARAT_HOST.`;
  if (code === 'ECONNREFUSED') return `nothing answers at ${place}.`;
  if (defects.some((defect) => error instanceof defect) && !code) return error.stack ?? error.message;
  return error.message.split('\n', 1)[0] || error.name;
};
