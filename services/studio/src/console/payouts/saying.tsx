import { type FormEvent, type ReactNode, useState } from 'react';
import { sayError } from '../../shared/words.ts';

type SayingProps = {
  readonly title: string;
  /** What the button says. */
  readonly does: string;
  /** The fields; what is in them is told by their names. */
  readonly children: ReactNode;
  readonly onSubmit: (fields: Readonly<Record<string, string>>) => Promise<unknown>;
};

/** A small form that says something of a creator, and what came of saying it. */
export const Saying = ({ title, does, children, onSubmit }: SayingProps) => {
  const [said, setSaid] = useState<{ readonly fault: boolean; readonly words: string }>();
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]),
    );
    try {
      await onSubmit(fields);
      form.reset();
      setSaid({ fault: false, words: 'Done.' });
    } catch (error) {
      setSaid({ fault: true, words: sayError(error) });
    }
  };
  return (
    <form className="saying" aria-label={title} onSubmit={(event) => void submit(event)}>
      <h3>{title}</h3>
      {children}
      <button type="submit" className="small">
        {does}
      </button>
      <p role="status" className={said?.fault ? 'field-fault' : 'soft'}>
        {said?.words}
      </p>
    </form>
  );
};

type FieldProps = {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'number' | 'datetime-local';
  readonly required?: boolean;
};

/** A field of such a form; `name` is unique on the page. */
export const Field = ({ name, label, type = 'text', required = true }: FieldProps) => (
  <div>
    <label htmlFor={`standing-${name}`}>{label}</label>
    <input
      id={`standing-${name}`}
      name={name}
      type={type}
      required={required}
      maxLength={500}
      autoComplete="off"
      spellCheck={false}
    />
  </div>
);
