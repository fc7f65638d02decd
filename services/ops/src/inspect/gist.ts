import { type Event, isOurStream, isPayoutEvent, type PayoutEvent, readEvent } from '@carat/domain';
import { readSeal, type StoredEvent, sealsStream } from '@carat/event-store';
import { describeFailure } from '@carat/service-kit';
import { many, wrap } from '../wording.ts';
import { tellPayout } from './payout-gist.ts';

/** How much is shown of data that this version cannot tell in words. */
const maxDataChars = 60;

const tell = ({ type, data }: Exclude<Event, PayoutEvent>): string => {
  switch (type) {
    case 'GiftSent':
      return `→ ${data.live}, ${data.gift} × ${data.booked}, ${many(data.coins, 'coin')}`;
    case 'CoinsGranted':
      return `+ ${many(data.coins, 'coin')}, balance ${data.after.balance}`;
    case 'GrantMade':
      return `${many(data.coins, 'coin')} for ${data.viewer}, by ${data.by}`;
    case 'LiveStarted':
      return `by ${data.creator}${data.title === null ? '' : `: ${data.title}`}`;
    case 'LiveEnded':
      return `of ${data.creator}, ended by ${data.by}`;
    case 'LiveGoalSet':
      return data.coins === 0 ? 'no goal any more' : `${data.title}, at ${many(data.coins, 'coin')}`;
    case 'ViewerBlocked':
    case 'ViewerUnblocked':
      return `${data.viewer}, by ${data.by}`;
    case 'GiftListed':
    case 'GiftRepriced':
      return `${data.gift} (${data.name}) at ${many(data.coins, 'coin')}`;
    case 'GiftRetired':
      return data.gift;
    case 'DiamondRateSet':
      return `${data.millidiamondsPerCoin} millidiamonds per coin from ${formatInstant(data.from)}`;
    case 'BoardCreated':
      return `${data.board}: ${data.ranks}s, ${data.window}, by ${data.by}`;
    case 'BoardRetired':
      return `${data.board}, by ${data.by}`;
    case 'LogCreated':
      return `log ${data.logId}`;
    case 'EventSkipped':
      return `${data.event} of ${data.unit}, by ${data.by}: ${data.reason}`;
    case 'EventUnskipped':
      return `${data.event} of ${data.unit}, by ${data.by}`;
  }
};

const tellData = (data: object): string => {
  const text = JSON.stringify(data);
  return text.length > maxDataChars ? `${text.slice(0, maxDataChars - 1)}…` : text;
};

const tellSeal = (stored: StoredEvent): string => {
  const seal = readSeal(stored);
  if ('fault' in seal) return `cannot be read: ${seal.fault}`;
  return `number ${seal.number}, ${many(seal.events, 'event')}`;
};

/** What an event says, in a few words; of those that this version does not know, the data. */
export const gistOf = (stored: StoredEvent): string => {
  if (stored.stream === sealsStream) return tellSeal(stored);
  if (!isOurStream(stored.stream)) return tellData(stored.data);
  try {
    const event = readEvent(stored);
    if (event === undefined) return tellData(stored.data);
    return isPayoutEvent(event) ? tellPayout(event, formatInstant) : tell(event);
  } catch (error) {
    return `cannot be read: ${describeFailure(error)}`;
  }
};

/** When it happened, in ms since 1970: by its own time, else by the store's clock at the append. */
export const instantOfEvent = ({ data, created }: StoredEvent): number =>
  Number.isSafeInteger(data.at) ? (data.at as number) : created;

const largestInstant = 8.64e15;

/** An instant in UTC as people read it, to the second; the number itself where it is no instant. */
export const formatInstant = (ms: number): string =>
  Math.abs(ms) > largestInstant ? String(ms) : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** Names and titles are anybody's text: on a terminal, none of it may be more than text. */
const plain = (text: string): string => text.replace(/\p{C}/gu, '�');

/** An event: time, position, type, stream and gist; what is longer than so many columns goes on beneath. */
export const lineOf = (event: StoredEvent, columns: number): string => {
  const place = [
    formatInstant(instantOfEvent(event)),
    event.position.padStart(5),
    event.type.padEnd(12),
  ].join(' ');
  return wrap([place, event.stream, gistOf(event)].map(plain), columns);
};

/** The same within its stream: revision, position, time, type and gist. */
export const lineInStream = (event: StoredEvent, columns: number): string => {
  const place = [
    String(event.revision).padStart(5),
    event.position.padStart(8),
    formatInstant(instantOfEvent(event)),
    event.type.padEnd(12),
  ].join(' ');
  return wrap([place, gistOf(event)].map(plain), columns);
};

/** An event as JSON has it: all that is stored. */
export const jsonOf = ({ position, stream, revision, type, id, created, data }: StoredEvent): object => ({
  position,
  stream,
  revision,
  type,
  id,
  created,
  data,
});
