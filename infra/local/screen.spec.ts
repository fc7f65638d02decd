import { expect, test } from 'vitest';
import { createScreen } from './screen.ts';

const draw = (output: { isTTY?: boolean; columns?: number }) => {
  const written: string[] = [];
  const screen = createScreen({ ...output, write: (text: string) => written.push(text) });
  return { screen, taken: () => written.splice(0).join('') };
};

test('on a terminal the block is written over, and lines that stay go above it', () => {
  const { screen, taken } = draw({ isTTY: true, columns: 80 });
  screen.say('hello');
  expect(taken()).toBe('hello\n');
  screen.show(['one', 'two']);
  expect(taken()).toBe('one\ntwo\n');
  screen.show(['three', 'four']);
  expect(taken()).toBe('\x1b[2F\x1b[Jthree\nfour\n');
  screen.say('a gateway died');
  expect(taken()).toBe('\x1b[2F\x1b[Ja gateway died\nthree\nfour\n');
});

test('lines of the block never wrap, as it could not be written over then', () => {
  const { screen, taken } = draw({ isTTY: true, columns: 6 });
  screen.show(['123456789']);
  expect(taken()).toBe('12345\n');
});

test('where there is no terminal all lines stay', () => {
  const { screen, taken } = draw({});
  screen.show(['one']);
  screen.show(['two']);
  screen.say('three');
  expect(taken()).toBe('one\ntwo\nthree\n');
});
