import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EventStore } from '@carat/event-store';
import { http } from '@carat/protocol';
import type { Auth, Clock, Health, Identity, Logger, Metrics } from '@carat/service-kit';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { limits } from '../limits.ts';
import type { Numbers } from '../numbers.ts';
import type { System } from '../operators/status.ts';
import type { Past } from '../past.ts';
import type { MoneyTerms } from '../redemptions/money-terms.ts';
import type { InTurn } from '../turns.ts';

/** What the routes work with. */
export type Api = {
  readonly store: EventStore;
  readonly inTurn: InTurn;
  readonly numbers: Numbers;
  readonly past: Past;
  readonly money: MoneyTerms;
  readonly auth: Auth;
  readonly clock: Clock;
  /** What is wrong with the clock; undefined while nothing is known to be. */
  readonly clockFault: () => string | undefined;
  /** A new UUIDv7, of the process's clock. */
  readonly newId: () => string;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Where clients find the gateway. */
  readonly gatewayUrl: string;
  /** What operators look at beside the log; undefined where there is no Redis to look at. */
  readonly system?: System;
};

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Registers a group of routes. */
export type Routes = (app: App, api: Api) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends it: set before the handler of every route that asks for a token. */
    identity: Identity;
  }
}

/** How many entries a page has, as a query says it. */
export const pageLimit = (preset: number, max: number = limits.maxPageEntries) =>
  z.coerce.number().int().min(1).max(max).default(preset);

/** As of when numbers are asked for; as they stand where it is missing. */
export const asOfMoment = http.moment.optional();

/** What routes of numbers say of `at`. */
export const lookingBack =
  'With `at` it is told as it was at that moment, folded from the log, to the platform only';
