import { EventStoreError } from '../port.ts';
import type { Limits } from './limits.ts';

/** Where a KurrentDB is, and how to speak to it. */
export type Address = {
  /** For the client. It may hold a password, so it is shown nowhere. */
  readonly url: string;
  /** Its hosts, for messages. */
  readonly name: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
};

const shape = /^(?:kurrentdb|kdb|esdb)(\+discover)?:\/\/(?:([^@/?]*)@)?([^@/?]+)\/?(?:\?([^?]*))?$/;

/** Options that the client knows and that change nothing the store relies on, in lower case. */
const known = new Set([
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'keepaliveinterval',
  'keepalivetimeout',
  'maxdiscoverattempts',
  'nodepreference',
  'tls',
  'tlscafile',
  'tlsverifycert',
  'usercertfile',
  'userkeyfile',
]);

const discoverMs = 20;

/** Options that would break the store, and why. */
const refused = new Map([
  ['gossiptimeout', 'the halves of the client read it in different units'],
  ['throwonappendfailure', 'the client reports wrong revisions without it'],
]);

const invalid = (message: string): never => {
  throw new EventStoreError('invalid_input', `The address of the KurrentDB ${message}.`);
};

/**
 * Takes up a connection string.
 * @throws EventStoreError `invalid_input`, whose message shows no credentials
 */
export const parseAddress = (text: string, { sendMs }: Pick<Limits, 'sendMs'>): Address => {
  const match = shape.exec(text.trim());
  if (match === null) return invalid('is not of the form kurrentdb://user:password@host:2113?option=value');
  const [, discover = '', user, hosts = '', query = ''] = match;
  const options = query.split('&').filter((option) => option !== '');
  const keys = options.map(checkOption);
  // The server too is to give up on an append when the store does; and one half of the client pauses so long
  // before it connects at all, half a second where nothing is said.
  if (!keys.includes('defaultdeadline')) options.push(`defaultDeadline=${sendMs}`);
  if (!keys.includes('discoveryinterval')) options.push(`discoveryInterval=${discoverMs}`);
  return {
    url: `kurrentdb${discover}://${user === undefined ? '' : `${user}@`}${hosts}?${options.join('&')}`,
    name: hosts,
    credentials: user === undefined ? undefined : parseCredentials(user),
  };
};

/** @returns the option's name in lower case */
const checkOption = (option: string): string => {
  const [name = '', value = '', ...rest] = option.split('=');
  const key = name.trim().toLowerCase().replace(/[_-]/g, '');
  const why = refused.get(key);
  if (why !== undefined) return invalid(`has the option ${name}, which is refused: ${why}`);
  if (!known.has(key)) return invalid(`has the option "${name}", which is not known`);
  if (value === '' || rest.length > 0) return invalid(`has the option ${name} without one value`);
  if (key === 'nodepreference' && value.toLowerCase() !== 'leader') {
    return invalid('prefers another node than the leader, which may not show what an append has answered');
  }
  return key;
};

/** One half of the client leaves what is %-encoded as it is, so the reads are given these. */
const parseCredentials = (text: string): { username: string; password: string } => {
  const [username = '', password = '', ...rest] = text.split(':');
  if (username === '' || password === '' || rest.length > 0) {
    return invalid('needs user:password before its @, with : and @ in them %-encoded');
  }
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return invalid('has credentials that are not %-encoded well');
  }
};
