import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { sayError } from './words.ts';
import './ask.css';

type AskProps = {
  /** What the button says that asks, such as `Approve`. */
  readonly does: string;
  /** What it means, before it is done. */
  readonly children: ReactNode;
  /** What to call the reason that somebody has to give; none is asked for where it is missing. */
  readonly reason?: string;
  /** Beside `does`, for whoever does not see what the button stands next to. */
  readonly about: string;
  readonly quiet?: boolean;
  /** Does it; the question stays open, with what was said, where this throws. */
  readonly onYes: (reason: string) => Promise<unknown>;
};

/** A button that asks before it does what cannot be taken back. */
export const Ask = ({ does, about, children, reason, quiet = false, onYes }: AskProps) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={quiet ? 'quiet small' : 'small'} onClick={() => setOpen(true)}>
        {does}
        <span className="unseen"> {about}</span>
      </button>
      {isOpen && (
        <Question does={does} reason={reason} onYes={onYes} onClose={() => setOpen(false)}>
          {children}
        </Question>
      )}
    </>
  );
};

type QuestionProps = Pick<AskProps, 'does' | 'children' | 'onYes'> & {
  readonly reason: string | undefined;
  readonly onClose: () => void;
};

const Question = ({ does, children, reason, onYes, onClose }: QuestionProps) => {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [given, setGiven] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  // A modal dialog keeps the focus inside, and gives it back to the button when it is closed.
  useEffect(() => {
    if (!dialog.current!.open) dialog.current!.showModal();
  }, []);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await onYes(given.trim());
      dialog.current?.close();
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} className="question" aria-labelledby={`${id}-does`} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={`${id}-does`}>{does}?</h2>
        <div>{children}</div>
        {reason !== undefined && (
          <>
            <label htmlFor={`${id}-reason`}>{reason}</label>
            <input
              id={`${id}-reason`}
              value={given}
              onChange={(event) => setGiven(event.target.value)}
              maxLength={500}
              required
              autoComplete="off"
            />
          </>
        )}
        <div role="status">{fault !== undefined && <p className="field-fault">{sayError(fault)}</p>}</div>
        <div className="answers">
          <button type="submit" disabled={isBusy}>
            {does}
          </button>
          <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
        </div>
      </form>
    </dialog>
  );
};
