/** An address of a store or of Redis, fit to be shown: user and password are left out. */
export const withoutCredentials = (address: string): string =>
  address.replace(/^([a-z+]+:\/\/)[^?#]*@/i, '$1');
