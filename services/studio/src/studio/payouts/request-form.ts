import type { Refusal, redemptions } from '@carat/protocol';

export type Asking = { readonly diamonds: number; readonly currency: string };

/**
 * A form that asks for money. Its key is made with it and stays until something was made under it, so that
 * neither a second click nor a lost answer asks twice: a key is honoured once, for ever. It stays after a
 * refusal, too, as what was sent before might still arrive.
 */
export type RequestForm = {
  readonly key: string;
  /** `unknown`: no answer came. The same is asked for again, and nothing else, until one does. */
  readonly step: 'open' | 'asking' | 'unknown';
  /** What is or was asked for; undefined while the form is open. */
  readonly asking: Asking | undefined;
  /** What the request before came to: what was made of it, or why not. */
  readonly made: redemptions.RedemptionShown | undefined;
  readonly error: unknown;
};

type Happened =
  | { readonly type: 'asked'; readonly asking: Asking }
  | { readonly type: 'answered'; readonly made: redemptions.RedemptionShown; readonly nextKey: string }
  | { readonly type: 'failed'; readonly error: unknown; readonly nextKey: string }
  | {
      readonly type: 'listed';
      readonly all: readonly redemptions.RedemptionShown[];
      readonly nextKey: string;
    };

export const newForm = (key: string): RequestForm => ({
  key,
  step: 'open',
  asking: undefined,
  made: undefined,
  error: undefined,
});

export const evolveForm = (form: RequestForm, happened: Happened): RequestForm => {
  switch (happened.type) {
    case 'asked':
      if (form.step === 'asking') return form;
      // What became of an earlier request has to be known before another amount is asked for.
      return { ...newForm(form.key), step: 'asking', asking: form.asking ?? happened.asking };
    case 'answered':
      return { ...newForm(happened.nextKey), made: happened.made };
    case 'failed': {
      const { error, nextKey } = happened;
      const refused = (error as { readonly refusal?: Refusal }).refusal?.refused;
      if (refused === undefined || refused === 'outcome_unknown') return { ...form, step: 'unknown', error };
      return { ...newForm(refused === 'redemption_key_taken' ? nextKey : form.key), error };
    }
    case 'listed': {
      // What is under way is answered; else nothing more is to be asked for under a key that was honoured.
      const made = form.step === 'asking' ? undefined : happened.all.find(({ key }) => key === form.key);
      return made ? { ...newForm(happened.nextKey), made } : form;
    }
  }
};

/** A key that nobody else makes: 128 random bits, also on pages without https. */
export const makeKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
