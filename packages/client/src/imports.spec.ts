import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const here = new URL('.', import.meta.url);
const sources = readdirSync(here).filter((file) => !/\.(spec|fixture)\.ts$/.test(file));
const importsOf = (file: string) =>
  [
    ...readFileSync(new URL(file, here), 'utf8').matchAll(/^(?:im|ex)port (type )?[^;]*? from '([^']+)';/gm),
  ].map(([, type, from]) => ({ type: type !== undefined, from: from ?? '' }));

describe('what a browser has to load', () => {
  it('is this package, socket.io-client and uuid: of the protocol only types', () => {
    const loaded = sources.flatMap(importsOf).filter(({ type }) => !type);
    const foreign = new Set(loaded.map(({ from }) => from).filter((from) => !from.startsWith('./')));
    expect([...foreign].sort()).toEqual(['socket.io-client', 'uuid']);
  });
});
