export type { Source } from './heard.ts';
export { type Connected, useCarat } from './use-carat.ts';
export { type SeenFeed, useFeed, useFolded } from './use-feed.ts';
export { type LiveView, useLive } from './use-live.ts';
export { type Sending, useSendGift } from './use-send-gift.ts';
export { useShown } from './use-shown.ts';
