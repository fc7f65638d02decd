import { Gate } from '../shared/gate.tsx';
import { parameter, showPage } from '../shared/page.tsx';
import type { Identity } from '../shared/token.ts';
import { useApi } from '../shared/use-api.ts';
import { shownView } from '../shared/views.tsx';
import { Payouts } from './payouts/payouts.tsx';
import { Studio } from './studio.tsx';
import './studio.css';

/** A creator sees its own lives; who may look at everybody's says whose. */
const SignedIn = ({ identity }: { readonly identity: Identity }) => {
  const api = useApi(identity);
  const creator = parameter('creator') ?? identity.sub;
  const Shown = shownView() === 'payouts' ? Payouts : Studio;
  return <Shown api={api} identity={identity} creator={creator} />;
};

showPage(
  <Gate page="Studio" roles={['creator', 'operator', 'service']}>
    {(identity) => <SignedIn identity={identity} />}
  </Gate>,
);
