import { createRoot } from 'react-dom/client';
import { type Identity, takeToken } from '../shared/token.ts';
import { Overlay, SampleOverlay } from './overlay.tsx';
import './overlay.css';

const parameters = new URLSearchParams(location.search);
const live = parameters.get('live');
// A streaming program opens the same address again and again: the token stays in it.
const identity: Identity | undefined = takeToken(location, sessionStorage, undefined);

const page = () => {
  if (parameters.get('demo') === '1') return <SampleOverlay />;
  if (live && identity) return <Overlay identity={identity} live={live} />;
  return <p className="overlay-fault">This overlay needs the whole address that the studio shows.</p>;
};

addEventListener('hashchange', () => location.reload());
createRoot(document.getElementById('page')!).render(page());
