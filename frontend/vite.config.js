import { fileURLToPath } from 'node:url'
import VueI18n from '@intlify/unplugin-vue-i18n/vite'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const platform = process.env.PLATFORM_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [
    vue(),
    tailwindcss(),
    VueI18n({
      include: [here('./src/i18n/locales/**')],
      runtimeOnly: true,
      dropMessageCompiler: true,
      compositionOnly: true,
      fullInstall: false,
    }),
  ],
  define: { __VUE_OPTIONS_API__: 'false' },
  resolve: { alias: { '@': here('./src') } },
  build: {
    manifest: true,
    target: 'baseline-widely-available',
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'vendor-vue', test: /node_modules\/(@vue|vue|pinia|vue-router|vue-i18n|@intlify)\// }],
        },
      },
    },
  },
  server: {
    // Sign-in and uploads need one origin: the platform's paths go to the platform.
    proxy: Object.fromEntries(
      ['/api', '/media', '/s3', '/toss', '/.well-known'].map((path) => [path, { target: platform }]),
    ),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.spec.js', 'tests/**/*.spec.js'],
    setupFiles: ['tests/setup.js'],
    coverage: {
      include: ['src/**/*.{js,vue}'],
      exclude: ['src/main.js', '**/*.spec.js'],
      reporter: ['text-summary'],
    },
  },
})
