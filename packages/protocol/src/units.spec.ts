import { expect, it } from 'vitest';
import {
  boardOfUnit,
  creatorUnits,
  kindOf,
  parseUnit,
  shardOfUnit,
  shardsOf,
  skipNameOf,
  type Unit,
  unitOfBoard,
  unitOfCreator,
} from './units.ts';

it('names creators as a whole, or by their shards', () => {
  expect(creatorUnits(1)).toEqual(['creators']);
  expect(creatorUnits(3)).toEqual(['creators:0', 'creators:1', 'creators:2']);
  expect(creatorUnits(3).map(shardOfUnit)).toEqual([0, 1, 2]);
  expect(shardsOf([...creatorUnits(3), 'boards', 'board:x'])).toBe(3);
});

it('finds where a creator lies by the units that there are', () => {
  expect(unitOfCreator('cleo', ['creators', 'boards'])).toBe('creators');
  const found = unitOfCreator('cleo', [...creatorUnits(4), 'boards']);
  expect(creatorUnits(4)).toContain(found);
  expect(unitOfCreator('cleo', ['boards', ...creatorUnits(4)])).toBe(found);
});

it('says what kind a unit is, and by what name it leaves events out', () => {
  const units: Unit[] = ['creators', 'creators:7', 'boards', unitOfBoard('a:b')];
  expect(units.map(kindOf)).toEqual(['creators', 'creators', 'boards', 'board']);
  expect(units.map(skipNameOf)).toEqual(['creators', 'creators', 'boards', 'board:a:b']);
  expect(units.map(boardOfUnit)).toEqual([undefined, undefined, undefined, 'a:b']);
});

it('knows what a unit may be called', () => {
  const names = ['creators', 'creators:0', 'creators:63', 'boards', 'board:spring', 'board:a:b'];
  expect(names.map(parseUnit)).toEqual(names);
  const others = [
    '',
    'creator',
    'creators:',
    'creators:64',
    'creators:-1',
    'creators:1x',
    'board:',
    'board:{x}',
  ];
  expect(others.map(parseUnit)).toEqual(others.map(() => undefined));
});
