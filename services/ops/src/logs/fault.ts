/** A gift log that cannot be played. The message is one sentence with the file and the line. */
export class LogFault extends Error {
  override readonly name = 'LogFault';
  readonly line: number | undefined;

  constructor(file: string, line: number | undefined, problem: string) {
    super(line === undefined ? `${file}: ${problem}` : `${file}, line ${line}: ${problem}`);
    this.line = line;
  }
}
