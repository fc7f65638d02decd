import { Gate } from '../shared/gate.tsx';
import { showPage } from '../shared/page.tsx';
import type { Identity } from '../shared/token.ts';
import { useApi } from '../shared/use-api.ts';
import { Console } from './console.tsx';
import './console.css';

const SignedIn = ({ identity }: { readonly identity: Identity }) => {
  const api = useApi(identity);
  return <Console api={api} identity={identity} />;
};

showPage(
  <Gate page="Console" roles={['operator']}>
    {(identity) => <SignedIn identity={identity} />}
  </Gate>,
);
