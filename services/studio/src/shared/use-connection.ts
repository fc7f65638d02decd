import { findGateway } from '@carat/client';
import { type Connected, useCarat } from '@carat/react';
import type { Identity } from './token.ts';

const gateway = findGateway('');

/** A connection to the gateway that the api names, as one person, whose token may be renewed. */
export const useConnection = ({ token }: Identity): Connected => useCarat({ url: gateway, token });
