import { connect } from 'node:net';
import { readFrames, textFrame } from './fanout-frames.ts';

/** Whom a watcher talks to: what it says first, when it is welcome, what it then asks for. */
export type Manners = {
  readonly hello: string;
  readonly welcome: string;
  readonly ask: string | undefined;
  /** How the answer begins, after which everything comes. */
  readonly begun: string;
  /** How a message with bookings begins. */
  readonly part: string;
};

/** Watches on a bare socket: a thousand real clients would cost more than the server that is measured. */
export type Watcher = {
  /** Up to which place it was told all bookings. */
  readonly upTo: number;
  readonly bytes: number;
  readonly parts: number;
  /** How old the oldest booking of each part was when it came, in ms; of those since this was last asked. */
  takeAges(): number[];
  /** Says something, in the words of Engine.IO and Socket.IO. */
  say(text: string): void;
  /** Reads nothing more. */
  stall(): void;
  close(): void;
};

const requestOf = (host: string): string =>
  [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.from('watchers at work').toString('base64')}`,
    '\r\n',
  ].join('\r\n');

const placeIn = /"position":"(\d+)"/;
const timeIn = /"at":(\d+)/;
const readBytes = 256 * 1_024;
/** One for all: what was read is taken before anything else is. */
const buffer = Buffer.alloc(readBytes);
const headersEnd = '\r\n\r\n';

/**
 * Resolves when everything that happens from now on is told.
 * @param onHead is told how everything begins that comes
 */
export const openWatcher = (
  url: string,
  manners: Manners,
  onHead?: (head: string) => void,
): Promise<Watcher> =>
  new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(url);
    let [upTo, parts, upgraded] = [0, 0, false];
    const ages: number[] = [];

    const heard = (head: string): void => {
      onHead?.(head);
      if (head === '2') socket.write(textFrame('3'));
      else if (head.startsWith(manners.part)) {
        parts++;
        upTo = Number(placeIn.exec(head)?.[1] ?? upTo);
        const at = timeIn.exec(head)?.[1];
        if (at !== undefined) ages.push(Date.now() - Number(at));
      } else if (head.startsWith('0{')) socket.write(textFrame(manners.hello));
      else if (manners.ask && head.startsWith(manners.welcome)) socket.write(textFrame(manners.ask));
      if (head.startsWith(manners.begun)) resolve(watcher);
      if (head.startsWith('44')) reject(new Error(head));
    };
    const take = readFrames(heard);
    const read = (length: number, bytes: Buffer): boolean => {
      if (upgraded) take(bytes, length);
      else {
        const end = bytes.subarray(0, length).indexOf(headersEnd);
        upgraded = end >= 0;
        if (upgraded) take(bytes.subarray(end + headersEnd.length), length - end - headersEnd.length);
      }
      return true;
    };
    const onread = { buffer, callback: read };
    // biome-ignore lint/suspicious/noExplicitAny: the types do not know `onread`
    const socket = connect({ host: hostname, port: Number(port), onread } as any);
    socket.on('connect', () => socket.write(requestOf(host)));
    socket.on('error', reject);
    const watcher: Watcher = {
      get upTo() {
        return upTo;
      },
      get bytes() {
        return socket.bytesRead;
      },
      get parts() {
        return parts;
      },
      takeAges: () => ages.splice(0),
      say: (text) => void socket.write(textFrame(text)),
      stall: () => void socket.pause(),
      close: () => socket.destroy(),
    };
  });
