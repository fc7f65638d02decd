import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './page.css';
import { applyTheme } from './theme.ts';

/** Shows a page, in the theme that was chosen before. */
export const showPage = (page: ReactNode): void => {
  applyTheme();
  createRoot(document.getElementById('page')!).render(<StrictMode>{page}</StrictMode>);
};

/** A parameter of the page's address; undefined where it is missing or empty. */
export const parameter = (name: string): string | undefined =>
  new URLSearchParams(location.search).get(name) || undefined;
