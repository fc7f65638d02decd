/** So much of a message's beginning is looked at. */
const headBytes = 512;

/**
 * Takes a server's WebSocket frames apart (RFC 6455, 5.2) as cheaply as can be: of each, only the beginning
 * of its text is made. @returns takes what came
 */
export const readFrames = (heard: (head: string) => void): ((bytes: Buffer, length: number) => void) => {
  const header = Buffer.alloc(10);
  const head = Buffer.alloc(headBytes);
  let [headerLength, headLength] = [0, 0];
  /** Of the text of the frame; undefined while its header comes. */
  let left: number | undefined;

  const lengthOf = (): number | undefined => {
    const short = header[1]! & 0x7f;
    const needed = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (headerLength < needed) return undefined;
    if (short === 126) return header.readUInt16BE(2);
    return short === 127 ? Number(header.readBigUInt64BE(2)) : short;
  };

  return (bytes, length) => {
    for (let at = 0; at < length; ) {
      if (left === undefined) {
        header[headerLength++] = bytes[at++]!;
        left = headerLength < 2 ? undefined : lengthOf();
      }
      if (left === undefined) continue;
      const taken = Math.min(left, length - at);
      headLength += bytes.copy(head, headLength, at, at + Math.min(taken, headBytes - headLength));
      at += taken;
      left -= taken;
      if (left > 0) continue;
      heard(head.toString('latin1', 0, headLength));
      [headerLength, headLength, left] = [0, 0, undefined];
    }
  };
};

/** A client's text as a frame; its mask is zero, which masks nothing and costs nothing. */
export const textFrame = (text: string): Buffer => {
  const payload = Buffer.from(text);
  const { length } = payload;
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...size, 0, 0, 0, 0]), payload]);
};
