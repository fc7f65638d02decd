import type { Server } from 'socket.io';

/** JSON made ahead, which goes out as it is: what many get, or what is shown again, is encoded once. */
class Encoded {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Stands for the value that the text is the JSON of, wherever a value is emitted or answered. */
export const encoded = <T>(text: string): T => new Encoded(text) as T;

const toJson = (value: unknown): string => (value instanceof Encoded ? value.text : JSON.stringify(value));

/** Teaches a server to send `encoded` values, as the last of an event's or an acknowledgement's. */
export const sendEncoded = (io: Pick<Server, 'encoder'>): void => {
  const { encoder } = io;
  const encode = encoder.encode.bind(encoder);
  encoder.encode = (packet) => {
    const { data, id = '', type } = packet;
    if (!Array.isArray(data) || !(data.at(-1) instanceof Encoded)) return encode(packet);
    return [`${type}${id}[${data.map(toJson).join(',')}]`];
  };
};
