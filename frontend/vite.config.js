import { fileURLToPath } from 'node:url'
import vueI18n from '@intlify/unplugin-vue-i18n/vite'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/** @param {string} path */
const at = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Places whose pages visitors meet first, as public/boot.js knows them. */
const FIRST_PAGES = { '': 'FeedPage', search: 'SearchPage', styles: 'StylePage', images: 'ImagePage', people: 'PersonPage' }

/**
 * Tells boot.js, by place and by language, which files come with a page, so that they are under way
 * before the code that asks for them runs.
 * @returns {import('vite').Plugin}
 */
function pagesAtBoot() {
  return {
    name: 'pages-at-boot',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
        /** @param {string} file @param {Set<string>} [found] */
        const needs = (file, found = new Set()) => {
          if (found.has(file)) return found
          found.add(file)
          chunks.find(({ fileName }) => fileName === file)?.imports.forEach((one) => needs(one, found))
          return found
        }
        const known = needs(chunks.find(({ isEntry }) => isEntry)?.fileName ?? '')
        /** @param {string} end of the module's path */
        const filesOf = (end) => {
          const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(end))
          return chunk ? [...needs(chunk.fileName)].filter((file) => !known.has(file)).map((file) => file.replace('assets/', '')) : []
        }
        const files = {
          ...Object.fromEntries(Object.entries(FIRST_PAGES).map(([place, page]) => [place, filesOf(`/${page}.vue`)])),
          ...Object.fromEntries(['en', 'ko'].map((lang) => [lang, filesOf(`/${lang}/outside.js`)])),
        }
        return chunks.length ? html.replace('src="/boot.js"', `src="/boot.js" data-files='${JSON.stringify(files)}'`) : html
      },
    },
  }
}

const DEV_PORT = Number(process.env.WEB_DEV_PORT ?? 5173)

export default defineConfig({
  plugins: [
    vue(),
    tailwindcss(),
    pagesAtBoot(),
    vueI18n({
      include: [at('./src/i18n/locales/**/*.json')],
      runtimeOnly: true,
      dropMessageCompiler: true,
      compositionOnly: true,
      fullInstall: false,
    }),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  resolve: { alias: { '@': at('./src') } },
  build: {
    manifest: true,
    // The policy allows no data: in scripts and styles, and hashed files are cached for ever anyway.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            // Small pieces that always come together are one request.
            { name: 'lists', test: /[\\/]src[\\/](ui[\\/](UiMore|UiMasonry|masonry|calm|UiPicture)|features[\\/](generations[\\/](ImageGrid|ImageCard|sources|api|feed|viewer[\\/]useImageLink)|community[\\/](LikeButton|useLike)|styles[\\/]api)|api[\\/]schemas[\\/](generations|styles)|composables[\\/]usePagedList)|lucide.*icons[\\/]heart\./ },
            { name: 'pages', test: /[\\/]src[\\/](ui[\\/](UiEmpty|UiField|UiText|UiTags|tags|UiChoice|UiBar|UiTabs|UiDialog)|shell[\\/](LoadState|ErrorState|shortcuts[\\/]actions)|composables[\\/](usePageTitle|useIdempotency|usePoller|useResource)|features[\\/](jobs[\\/](store|pace)|community[\\/](FollowButton|api)|styles[\\/](StyleTile|SampleStrip)|generations[\\/]UnderwayState)|api[\\/]schemas[\\/]community)|node_modules[\\/]@vueuse|lucide.*icons[\\/](x|check|lock|globe|chevron-right)\./ },
            { name: 'vendor', priority: 1, test: /node_modules[\\/](@vue|vue|pinia|vue-router|vue-i18n|@intlify)[\\/]/ },
          ],
        },
      },
    },
  },
  // The platform's edge passes pages on to this server, so that cookies and addresses stay those
  // of production; only the hot reload's socket comes straight here.
  server: { port: DEV_PORT, strictPort: true, host: '127.0.0.1', hmr: { clientPort: DEV_PORT } },
  test: {
    // Shared machines are slow at times.
    testTimeout: 30_000,
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost:3000/en' } },
    setupFiles: ['./src/test/setup.js'],
    include: ['src/**/*.spec.js'],
    restoreMocks: true,
    reporters: ['default', ...(process.env.CI ? ['json'] : [])],
    outputFile: { json: 'test-results/unit.json' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.{js,vue}'],
      exclude: ['src/test/**', 'src/**/*.spec.js', 'src/**/*.d.ts'],
      thresholds: { statements: 70, lines: 70 },
    },
  },
})
