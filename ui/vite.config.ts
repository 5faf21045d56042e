import { fileURLToPath, URL } from 'node:url';
import { PrimeVueResolver } from '@primevue/auto-import-resolver';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import Components from 'unplugin-vue-components/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { precompress } from './scripts/precompress.mjs';

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** primeicons.css names five font formats; keeping woff2 alone drops 598 kB of dead files from the embedded bundle. */
const primeiconsWoff2: Plugin = {
  name: 'primeicons-woff2-only',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/primeicons/primeicons.css')) return null;
    return code.replace(/src:[\s\S]*?;/g, (m) =>
      m.includes('woff2') ? `src: url('./fonts/primeicons.woff2') format('woff2');` : '',
    );
  },
};

/** Everything a running Plaza answers itself; the rest is the UI. */
const server = process.env.PLAZA_TEST_URL ?? 'http://127.0.0.1:8080';
// The page's own host goes on: a mall refuses what another origin's page sends.
const proxied = ['/api', '/swagger', '/openapi.json', '/asyncapi.yaml', '/livez', '/healthz', '/readyz', '/metrics'];

export default defineConfig({
  plugins: [
    primeiconsWoff2,
    vue(),
    tailwindcss(),
    Components({ dirs: ['src/components'], dts: 'components.d.ts', resolvers: [PrimeVueResolver()] }),
    precompress(),
  ],
  resolve: { alias: { '@primevue/core/usestyle': src('lib/primevue-usestyle.ts'), '@': src('') } },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, changeOrigin: false }])),
  },
  build: {
    outDir: process.env.PLAZA_TEST_UI_OUT ?? '../static',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Only what every page needs: PrimeVue modules in a manual group would join the initial load.
          groups: [
            { name: 'vue', test: /node_modules[\\/](vue|@vue|@vueuse|vue-router|pinia|nostics)[\\/]/, priority: 30 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['test/unit/**/*.spec.ts'],
    setupFiles: ['test/unit/setup.ts'],
    restoreMocks: true,
  },
});
