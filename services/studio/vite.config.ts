import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

const pages = [
  'index.html',
  'room/index.html',
  'studio/index.html',
  'overlay/index.html',
  'console/index.html',
];

/** What the api answers itself; all else is a page. */
const apiPaths =
  '^/(config|lives|catalogue|wallets|creators|boards|rates|redemptions|operators|docs)(/|\\?|$)';

/** The pages, one entry each. In development the api behind them is the one at `CARAT_URL`. */
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    rolldownOptions: {
      // Pages take sums and words from the protocol; its schemas are for those who read the wire.
      treeshake: { moduleSideEffects: [{ test: /packages\/protocol\//, sideEffects: false }] },
      input: pages.map((page) => resolve(import.meta.dirname, page)),
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            {
              name: 'carat',
              test: /packages\/(client|react)|node_modules\/(@socket\.io|socket\.io|engine\.io|uuid)/,
            },
          ],
        },
      },
    },
    // Streaming programs embed browsers that are a few years old.
    target: ['chrome111', 'firefox121', 'safari16.4'],
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { [apiPaths]: loadEnv(mode, import.meta.dirname, 'CARAT_').CARAT_URL ?? 'http://127.0.0.1:3000' },
  },
}));
