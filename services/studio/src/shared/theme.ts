import { useState } from 'react';

export type Theme = 'light' | 'dark';

const storageKey = 'carat.theme';
const root = (): HTMLElement => document.documentElement;

/** What was chosen before; until then the page goes by what the system prefers. */
export const applyTheme = (): void => {
  const chosen = localStorage.getItem(storageKey);
  if (chosen === 'light' || chosen === 'dark') root().dataset.theme = chosen;
};

const shownTheme = (): Theme => {
  const { theme } = root().dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
};

/** The theme that is shown, and what turns it. */
export const useTheme = (): [Theme, () => void] => {
  const [theme, setTheme] = useState(shownTheme);
  const turn = (): void => {
    const next = theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem(storageKey, next);
    root().dataset.theme = next;
    dispatchEvent(new Event(themeChanged));
    setTheme(next);
  };
  return [theme, turn];
};

/** Told to the window when the theme was turned: what is painted by script has to be painted anew. */
export const themeChanged = 'carat:theme';
