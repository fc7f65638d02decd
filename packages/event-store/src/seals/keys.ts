import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** Signs seals. */
export type SealKey = {
  /** The public half: 32 bytes as base64url. */
  readonly key: string;
  /** An Ed25519 signature of the text's UTF-8 bytes, as base64url. */
  sign(text: string): string;
};

const publicHalf = (key: KeyObject): string => {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`it holds a key of type ${key.asymmetricKeyType}, not Ed25519`);
  }
  return createPublicKey(key).export({ format: 'jwk' }).x!;
};

const parse = <T>(what: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    throw new Error(`it holds no ${what} in PEM form`, { cause });
  }
};

/** Takes up a private key in PEM form, PKCS#8. @throws Error why it is none, in a few words */
export const readSealKey = (pem: string): SealKey => {
  const secret = parse('private key', () => createPrivateKey(pem));
  return {
    key: publicHalf(secret),
    sign: (text) => sign(null, Buffer.from(text), secret).toString('base64url'),
  };
};

/**
 * Takes up a public key in PEM form.
 * @returns 32 bytes as base64url @throws Error why it is none, in a few words
 */
export const readSealPublicKey = (pem: string): string => {
  const key = parse('public key', () => createPublicKey(pem));
  if (key.asymmetricKeyType !== 'ed25519') publicHalf(key);
  return key.export({ format: 'jwk' }).x!;
};

/** Whether a signature of a text was made with the private half of a key. */
export const isSignedBy = (key: string, text: string, signature: string): boolean => {
  try {
    const half = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
    return verify(null, Buffer.from(text), half, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
};
