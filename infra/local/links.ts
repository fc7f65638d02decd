import { signToken } from '@carat/service-kit';

/** Long enough to look around; `carat token` makes a new one. */
const tokenSeconds = 2 * 3_600;

export const demoCreator = 'demo-creator';
export const demoViewer = 'demo-viewer';

/** The overlay only watches, for which no role is needed. */
type Link = { readonly what: string; readonly path: string; readonly role?: string; readonly sub: string };

const operatorLink: Link = {
  what: "operator's console",
  path: '/console/',
  role: 'operator',
  sub: 'operator',
};

const linksOf = (live: string | undefined): Link[] => {
  if (live === undefined) return [operatorLink];
  const query = `?live=${encodeURIComponent(live)}`;
  return [
    { what: "viewer's room", path: `/room/${query}`, role: 'viewer', sub: demoViewer },
    { what: "creator's studio", path: `/studio/${query}`, role: 'creator', sub: demoCreator },
    { what: 'overlay for OBS', path: `/overlay/${query}`, sub: 'demo-overlay' },
    operatorLink,
  ];
};

/**
 * Links to the pages, a few lines each, with tokens that expire in two hours. A token is in the fragment of
 * its link, which browsers keep to themselves.
 * @param live the one that is shown; without it only the console has something to show
 */
export const describeLinks = async (
  apiUrl: string,
  secret: string,
  live: string | undefined,
): Promise<string[]> => {
  const lines = ['Pages, for two hours (then: npm run -s carat -- token --help):'];
  for (const { what, path, role, sub } of linksOf(live)) {
    const token = await signToken({ sub, roles: role ? [role] : [], ttlSeconds: tokenSeconds }, secret);
    lines.push(`  ${what}`, `    ${apiUrl}${path}#token=${token}`);
  }
  return [...lines, ''];
};
