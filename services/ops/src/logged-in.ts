import { userInfo } from 'node:os';

/** Whose decision it is where nobody says so; a process may run as a user that has no name. */
export const whoIsLoggedIn = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'operator';
  }
};
