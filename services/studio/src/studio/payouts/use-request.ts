import type { redemptions } from '@carat/protocol';
import { useEffect, useReducer } from 'react';
import type { Api } from '../../shared/api.ts';
import { type Asking, evolveForm, makeKey, newForm } from './request-form.ts';

/**
 * A form that asks for money, and what sends it.
 * @param listed what the api tells of the creator's redemptions, where it is known
 */
export const useRequest = (
  api: Api,
  creator: string,
  listed: readonly redemptions.RedemptionShown[] | undefined,
  onMade: () => void,
) => {
  const [form, happen] = useReducer(evolveForm, undefined, () => newForm(makeKey()));
  useEffect(() => {
    if (listed) happen({ type: 'listed', all: listed, nextKey: makeKey() });
  }, [listed]);
  const request = async (asking: Asking): Promise<void> => {
    happen({ type: 'asked', asking });
    const body = { key: form.key, creator, ...asking };
    try {
      const made = await api.send<redemptions.RedemptionShown>('POST', '/redemptions', body);
      happen({ type: 'answered', made, nextKey: makeKey() });
      onMade();
    } catch (error) {
      happen({ type: 'failed', error, nextKey: makeKey() });
    }
  };
  return { form, request };
};
