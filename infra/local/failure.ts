/**
 * Something on this machine is not as needed. The message is a sentence or two for whoever typed the command.
 */
export class LocalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LocalError';
  }
}
