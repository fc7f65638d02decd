import { signToken } from '@carat/service-kit';
import { readAskSettings } from './config.ts';

const tokenSeconds = 3_600;

/** A token of the system on this machine, as the platform's own sign-in would make it. @throws ConfigError */
export const tokenFor = (role: string, sub: string): Promise<string> =>
  signToken({ sub, roles: [role], ttlSeconds: tokenSeconds }, readAskSettings().secret);

/**
 * Asks the api of the system on this machine in somebody's name: for trying things out.
 * @returns a function that answers with the parsed body, and throws what the api refused
 */
export const askAs =
  (role: string, sub: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: whoever tries things out looks at bodies field by field
  async (method: string, path: string, body?: object): Promise<any> => {
    const json = { 'content-type': 'application/json' };
    const response = await fetch(`${readAskSettings().apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${await tokenFor(role, sub)}`, ...(body && json) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { message?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${answer.message ?? response.statusText}`);
    return answer;
  };
