import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalEvent, canonicalJson } from './canonical.ts';

describe('canonical JSON', () => {
  it('is as another implementation of RFC 8785 writes it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
    );
  });

  it('sorts keys by their UTF-16 units, as in the example of the RFC', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const value = Object.fromEntries(keys.map((key) => [key, null]));
    const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33'];
    expect(canonicalJson(value)).toBe(`{${sorted.map((key) => `${JSON.stringify(key)}:null`).join(',')}}`);
  });

  it('has a text for half a surrogate pair, and not the one of its escape', () => {
    expect(canonicalJson({ title: '\ud83d' })).toBe('{"title":"\\ud83d"}');
    expect(canonicalJson({ title: '\\ud83d' })).toBe('{"title":"\\\\ud83d"}');
  });

  it('of an event leaves out what a copy of the log does not keep', () => {
    const event = { id: 'i', type: 'T', data: { b: 1, a: [] }, stream: 's-1', revision: 3 };
    expect(canonicalEvent(event)).toBe(
      '{"data":{"a":[],"b":1},"id":"i","revision":3,"stream":"s-1","type":"T"}',
    );
    const stored = { ...event, position: '7', created: 1 };
    expect(canonicalEvent(stored)).toBe(canonicalEvent(event));
  });
});
