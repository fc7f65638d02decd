import { type ReactNode, useState } from 'react';
import './disclosure.css';

/** Something with more behind it, which is made only once somebody wants to see it. */
export const Disclosure = ({
  summary,
  children,
}: {
  readonly summary: ReactNode;
  readonly children: () => ReactNode;
}) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="disclosure" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen && <div className="disclosed">{children()}</div>}
    </details>
  );
};
