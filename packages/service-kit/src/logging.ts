import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** Wherever these lie in what is logged, a token may be inside. */
const secrets = ['token', 'authorization', 'cookie'].flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/**
 * Structured logs, one JSON object a line on stdout, in order and at once: whatever ends the process, the
 * lines before it are there. So nothing is logged per gift. Tokens are redacted.
 */
export const createLogger = (
  options: { service: string; level?: string },
  destination: DestinationStream = pino.destination({ fd: process.stdout.fd, sync: true }),
): Logger =>
  pino(
    {
      name: options.service,
      level: options.level ?? 'info',
      redact: { paths: secrets, censor: '[redacted]' },
    },
    destination,
  );
