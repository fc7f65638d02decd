import type { StoredEvent } from '../port.ts';

/**
 * The one way to write a JSON value, by RFC 8785: keys in the order of their UTF-16 units, no space, numbers
 * and strings as ECMAScript writes them. Half of a surrogate pair, for which that RFC has no bytes, is
 * written as its escape, so there is a way for every value that an event can carry.
 */
export const canonicalJson = (value: unknown): string =>
  isInOrder(value) ? JSON.stringify(value) : writeInOrder(value);

/** Whether the keys of all objects in it are in order already: it is then written in a third of the time. */
const isInOrder = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  const object = value as Readonly<Record<string, unknown>>;
  let before = '';
  for (const key of Object.keys(object)) {
    if (key < before || !isInOrder(object[key])) return false;
    before = key;
  }
  return true;
};

const writeInOrder = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(object).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key])}`;
  }
  return `{${text}}`;
};

/** What a seal says of an event: all that it is, but for what a copy of the log does not keep. */
export type SealedEvent = Pick<StoredEvent, 'id' | 'type' | 'data' | 'stream' | 'revision'>;

/** An event's canonical text: without the store's position and time, so that a copied log keeps its seals. */
export const canonicalEvent = ({ data, id, revision, stream, type }: SealedEvent): string =>
  canonicalJson({ data, id, revision, stream, type });
