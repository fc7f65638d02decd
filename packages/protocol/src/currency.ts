import { z } from 'zod';
import { type Currency, exponents } from './money.ts';

/** A currency on the wire; apart from `money.ts`, so that pages which only write money load no schemas. */
export const currency = z.enum(Object.keys(exponents) as [Currency, ...Currency[]]);
