import { parameter } from './page.tsx';
import './views.css';

/** Which view of a page its address names; undefined for the first. */
export const shownView = (): string | undefined => parameter('view');

/** The views of a page, as links; what else the address says stays. */
export const Views = ({ label, views }: { readonly label: string; readonly views: readonly View[] }) => (
  <nav className="views" aria-label={label}>
    {views.map(({ name, view }) => (
      <a key={name} href={addressOf(view)} aria-current={view === shownView() ? 'page' : undefined}>
        {name}
      </a>
    ))}
  </nav>
);

type View = { readonly name: string; readonly view: string | undefined };

const addressOf = (view: string | undefined): string => {
  const parameters = new URLSearchParams(location.search);
  if (view === undefined) parameters.delete('view');
  else parameters.set('view', view);
  const query = String(parameters);
  return `${location.pathname}${query && `?${query}`}`;
};
