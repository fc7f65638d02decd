import { Frame } from '../shared/frame.tsx';
import { Gem } from '../shared/gem.tsx';
import { showPage } from '../shared/page.tsx';
import { TokenForm } from '../shared/token-form.tsx';
import { useIdentity } from '../shared/use-identity.ts';
import './home.css';

const pages = [
  {
    path: '/room/',
    name: 'Room',
    role: 'viewer',
    gift: 'lantern',
    text: 'Where viewers send gifts. Open it with the live: /room/?live=…',
  },
  {
    path: '/studio/',
    name: 'Studio',
    role: 'creator',
    gift: 'daisy',
    text: 'Where a creator sees what lives bring in, is paid out, sets a goal, and keeps the room kind.',
  },
  {
    path: '/overlay/',
    name: 'Overlay',
    role: 'creator',
    gift: 'high-five',
    text: 'Gift alerts and the goal for a streaming program. The studio has its link.',
  },
  {
    path: '/console/',
    name: 'Console',
    role: 'operator',
    gift: 'kite',
    text: 'Where operators see how the system stands, and that every coin is accounted for.',
  },
] as const;

const Home = () => {
  const [identity, signIn] = useIdentity();
  return (
    <Frame title="Carat" about="Live gifting, and every number of it">
      <ul className="pages">
        {pages.map(({ path, name, role, gift, text }) => (
          <li key={path}>
            <a className="card page-link" href={path}>
              <Gem gift={gift} coins={1_000} />
              <span className="page-words">
                <strong>{name}</strong>
                <span className="for">for a {role === 'operator' ? 'system’s operator' : role}</span>
                <span>{text}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
      <section className="card narrow">
        <h2>Sign in</h2>
        <p role="status">
          {identity
            ? `This tab is signed in as ${identity.sub} (${identity.roles.join(', ')}).`
            : 'Pages are opened by links that carry a token. For trying things out, paste one here.'}
        </p>
        <TokenForm onSignIn={signIn} />
      </section>
      <p className="foot">
        For programs: the <a href="/docs">documentation of the API</a>.
      </p>
    </Frame>
  );
};

showPage(<Home />);
