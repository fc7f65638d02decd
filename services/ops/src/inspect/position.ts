import { type Position, parsePosition } from '@carat/event-store';
import { describeFailure } from '@carat/service-kit';
import { InvalidArgumentError } from 'commander';

/** Takes up a position that somebody typed, with an `@` before it or without. @throws InvalidArgumentError */
export const readPosition = (text: string): Position => {
  try {
    return parsePosition(text.replace(/^@/, ''));
  } catch (error) {
    throw new InvalidArgumentError(describeFailure(error));
  }
};
