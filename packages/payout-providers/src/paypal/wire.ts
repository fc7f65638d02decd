import { z } from 'zod';

/** What is read of PayPal's answers: no more than is used, so that what PayPal adds does no harm. */

const money = z.object({ currency: z.string(), value: z.string() });

export const tokenSchema = z.object({ access_token: z.string(), expires_in: z.number() });

export const errorSchema = z.object({
  name: z.string(),
  message: z.string().optional(),
  details: z
    .array(
      z.object({
        field: z.string().optional(),
        issue: z.string().optional(),
        link: z.array(z.object({ href: z.string() })).optional(),
      }),
    )
    .optional()
    .catch(undefined),
  links: z
    .array(z.object({ href: z.string() }))
    .optional()
    .catch(undefined),
});

export type PaypalError = z.output<typeof errorSchema>;

const batchHeader = z.object({
  payout_batch_id: z.string(),
  batch_status: z.string(),
  sender_batch_header: z.object({ sender_batch_id: z.string().optional() }).optional(),
});

export const itemSchema = z.object({
  payout_batch_id: z.string(),
  sender_batch_id: z.string().optional(),
  transaction_status: z.string().optional(),
  payout_item: z.object({ receiver: z.string().optional(), amount: money.optional() }).optional(),
  errors: z.object({ name: z.string() }).optional().catch(undefined),
});

export const createdSchema = z.object({ batch_header: batchHeader });
export const batchSchema = z.object({ batch_header: batchHeader, items: z.array(itemSchema).optional() });
export type Batch = z.output<typeof batchSchema>;

/** In ms since 1970. What has a time that is not understood is no answer: its list would lack a payout. */
const time = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number());

export const transactionsSchema = z.object({
  transaction_details: z.array(
    z.object({
      transaction_info: z.object({
        transaction_id: z.string(),
        transaction_event_code: z.string().optional(),
        transaction_initiation_date: time,
        transaction_amount: z.object({ currency_code: z.string(), value: z.string() }),
        transaction_status: z.string().optional(),
        transaction_note: z.string().optional(),
        custom_field: z.string().optional(),
      }),
    }),
  ),
  last_refreshed_datetime: z.string().optional(),
  total_pages: z.number().optional(),
});
export type Transactions = z.output<typeof transactionsSchema>;

export const verifiedSchema = z.object({ verification_status: z.string() });

export const eventSchema = z.object({ event_type: z.string(), resource: z.unknown() });
