import { defineConfig } from 'vite';

/** The SDK as one file for browsers, with all that it needs. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    sourcemap: true,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'carat.js' },
    rolldownOptions: { output: { minify: true } },
  },
});
