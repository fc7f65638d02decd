import { Views } from '../shared/views.tsx';

/** Where a creator can look. */
export const StudioViews = () => (
  <Views
    label="Studio"
    views={[
      { name: 'Lives', view: undefined },
      { name: 'Payouts', view: 'payouts' },
    ]}
  />
);
