import type { Connected } from '@carat/react';
import type { ReactNode } from 'react';
import { useTheme } from './theme.ts';
import { sayError } from './words.ts';

const connectionWords = {
  connecting: 'Connecting …',
  connected: 'Connected',
  lost: 'Connecting again …',
  refused: 'Not let in',
} as const;

type FrameProps = {
  readonly title: ReactNode;
  /** What stands under the title. */
  readonly about?: ReactNode;
  readonly connection?: Connected;
  /** Beside the connection, at the end of the header. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** What surrounds every page: the header, and the main part below it. */
export const Frame = ({ title, about, connection, actions, children }: FrameProps) => (
  <>
    <header className="frame-header">
      <a className="brand" href="/" aria-label="Carat, to the start">
        <img src="/favicon.svg" alt="" width="28" height="28" />
      </a>
      <div className="frame-title">
        <h1>{title}</h1>
        {about !== undefined && <p>{about}</p>}
      </div>
      <div className="frame-actions">
        {actions}
        {connection && <ConnectionPill connection={connection} />}
        <ThemeButton />
      </div>
    </header>
    <main className="frame-main">
      {connection?.error && (
        <Notice tone={connection.status === 'refused' ? 'bad' : 'calm'}>{sayError(connection.error)}</Notice>
      )}
      {children}
    </main>
  </>
);

const ConnectionPill = ({ connection: { status } }: { readonly connection: Connected }) => (
  <p className={`pill pill-${status}`} role="status">
    <span className="dot" />
    {connectionWords[status]}
  </p>
);

const ThemeButton = () => {
  const [theme, turn] = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button type="button" className="quiet round" onClick={turn} aria-label={`Switch to the ${other} look`}>
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
        <circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" strokeWidth="2" />
        <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
      </svg>
    </button>
  );
};

/** One thing of a page, with its heading. */
export const Card = ({
  title,
  aside,
  className = '',
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) => (
  <section className={`card ${className}`} aria-label={title}>
    <div className="card-head">
      <h2>{title}</h2>
      {aside}
    </div>
    {children}
  </section>
);

/** A number with its name; `—` while it is not known. */
export const Figure = ({
  name,
  value,
  note,
  tone = '',
}: {
  readonly name: string;
  readonly value: string | undefined;
  readonly note?: string | undefined;
  readonly tone?: '' | 'lead';
}) => (
  <div className={`figure ${tone}`}>
    <dt>{name}</dt>
    <dd data-figure={name}>{value ?? '—'}</dd>
    {note !== undefined && <dd className="note">{note}</dd>}
  </div>
);

/** Something to be told of: read out when it comes. */
export const Notice = ({
  tone = 'calm',
  children,
}: {
  readonly tone?: 'calm' | 'bad';
  readonly children: ReactNode;
}) => (
  <p className={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    {children}
  </p>
);
