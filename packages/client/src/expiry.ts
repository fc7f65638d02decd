/**
 * When a JWT expires, in ms since 1970, as it says itself; its signature is the gateway's matter. Undefined
 * where it does not say, or is no JWT.
 */
export const expiryOf = (token: string): number | undefined => {
  try {
    const [, payload = ''] = token.split('.');
    const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return Number.isFinite(exp) ? exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
};
