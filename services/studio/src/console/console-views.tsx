import { Views } from '../shared/views.tsx';

/** Where an operator can look. */
export const ConsoleViews = () => (
  <Views
    label="Console"
    views={[
      { name: 'System', view: undefined },
      { name: 'Payouts', view: 'payouts' },
    ]}
  />
);
