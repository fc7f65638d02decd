import type { z } from 'zod';
import { parseJson } from './json.ts';
import { ProviderError } from './port.ts';

/** Where a list goes on, as text. */
export const writeCursor = (cursor: object): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** @throws ProviderError `refused` where the text is not one that a list gave */
export const readCursor = <Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> => {
  const parsed = schema.safeParse(parseJson(Buffer.from(text, 'base64url')));
  if (parsed.success) return parsed.data;
  throw new ProviderError('refused', 'There is no such page of the list.');
};
