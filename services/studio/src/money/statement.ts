import type { redemptions } from '@carat/protocol';

export type Statement = redemptions.IssuedStatement['statement'];
