import { Gate } from '../shared/gate.tsx';
import { showPage } from '../shared/page.tsx';
import type { Identity } from '../shared/token.ts';
import { useApi } from '../shared/use-api.ts';
import { shownView } from '../shared/views.tsx';
import { Console } from './console.tsx';
import { PayoutsConsole } from './payouts/payouts.tsx';
import './console.css';

const SignedIn = ({ identity }: { readonly identity: Identity }) => {
  const api = useApi(identity);
  const Shown = shownView() === 'payouts' ? PayoutsConsole : Console;
  return <Shown api={api} identity={identity} />;
};

showPage(
  <Gate page="Console" roles={['operator']}>
    {(identity) => <SignedIn identity={identity} />}
  </Gate>,
);
