import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { Address } from './address.ts';
import type { Limits } from './limits.ts';

export type Client = KurrentDBClient;

/** Makes a client, which connects when it must. @throws what it says of an address that it can't parse */
export const connect = ({ url }: Address): Client => KurrentDBClient.connectionString(url);

/**
 * The client for one kind of work, replaced where a client does not recover by itself: its reads fail for
 * ever once a first connection was refused or the node it reads from is gone, its calls once a discovery has
 * failed, and it does not notice a server that takes calls and never answers.
 */
export class ClientHolder {
  readonly #address: Address;
  readonly #limits: Limits;
  #client: Client;
  #since = performance.now();
  #pauseMs: number;
  readonly #disposals = new Set<Promise<void>>();

  /** @throws what the client says of an address that it can't parse */
  constructor(address: Address, limits: Limits) {
    this.#address = address;
    this.#limits = limits;
    this.#pauseMs = limits.minClientAgeMs;
    this.#client = this.#make();
  }

  get client(): Client {
    return this.#client;
  }

  /** A client has done its work: should it fail later, it may be replaced at once. */
  praise(client: Client): void {
    if (client === this.#client) this.#pauseMs = this.#limits.minClientAgeMs;
  }

  /**
   * Replaces a client that has failed, unless that was done already, or it is too young.
   * @returns whether another client is there to try
   */
  replace(failed: Client): boolean {
    if (failed !== this.#client) return true;
    if (performance.now() - this.#since < this.#pauseMs) return false;
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#limits.maxClientAgeMs);
    this.discard(failed);
    return true;
  }

  /** Replaces a client that is of no more use, unless that was done already. */
  discard(client: Client): void {
    if (client !== this.#client) return;
    this.#client = this.#make();
    this.#dispose(client);
  }

  /** Resolves once no call of any of the clients is under way. */
  async close(): Promise<void> {
    this.#dispose(this.#client);
    await Promise.all(this.#disposals);
  }

  #make(): Client {
    this.#since = performance.now();
    return connect(this.#address);
  }

  #dispose(client: Client): void {
    const disposal = client.dispose().catch(() => {});
    this.#disposals.add(disposal);
    void disposal.then(() => this.#disposals.delete(disposal));
  }
}
