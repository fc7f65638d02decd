import { Frame } from '../shared/frame.tsx';
import { Gate } from '../shared/gate.tsx';
import { LiveForm } from '../shared/live-form.tsx';
import { parameter, showPage } from '../shared/page.tsx';
import type { Identity } from '../shared/token.ts';
import { useApi } from '../shared/use-api.ts';
import { Room } from './room.tsx';
import './room.css';

const SignedIn = ({ identity }: { readonly identity: Identity }) => {
  const api = useApi(identity);
  const live = parameter('live');
  if (live !== undefined) return <Room api={api} identity={identity} live={live} />;
  return (
    <Frame title="Room">
      <LiveForm />
    </Frame>
  );
};

showPage(
  <Gate page="Room" roles={['viewer']}>
    {(identity) => <SignedIn identity={identity} />}
  </Gate>,
);
