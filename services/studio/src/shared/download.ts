import type { Api } from './api.ts';

/**
 * Saves what the api answers as a file. A plain link would be opened without the sign-in, and an address with
 * it would leave it in histories and logs.
 * @throws what the api said
 */
export const download = async (api: Pick<Api, 'getFile'>, path: string, name: string): Promise<void> => {
  const address = URL.createObjectURL(await api.getFile(path));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // A browser has taken the content over by the time that it comes to this.
  setTimeout(() => URL.revokeObjectURL(address), 0);
};
