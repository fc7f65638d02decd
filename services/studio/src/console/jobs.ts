import type { Api } from '../shared/api.ts';

/** Where the api shows the projector's jobs. */
const jobsPath = '/operators/queues';

/**
 * Opens the jobs in a tab beside. A tab is opened without the token, so the token is turned into a cookie
 * first; an address would leave it in histories and logs.
 * @throws what the api said; the tab is gone then
 */
export const openJobs = async (api: Pick<Api, 'send'>): Promise<void> => {
  // Now, as browsers let a click open a tab and nothing that comes long after it.
  const tab = open('', '_blank');
  if (tab) tab.opener = null;
  try {
    await api.send('POST', jobsPath);
    tab?.location.replace(jobsPath);
  } catch (error) {
    tab?.close();
    throw error;
  }
};
