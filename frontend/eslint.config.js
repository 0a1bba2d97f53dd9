import js from '@eslint/js'
import vueI18n from '@intlify/eslint-plugin-vue-i18n'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'

export default [
  { ignores: ['dist/', 'coverage/', 'src/api/openapi.d.ts', '*.tmp.mjs'] },
  js.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...a11y.configs['flat/recommended'],
  ...vueI18n.configs.recommended,
  {
    // After the presets: some of them ask for an older syntax.
    languageOptions: {
      ecmaVersion: 'latest',
      sourceType: 'module',
      globals: { ...globals.browser },
    },
    settings: {
      'vue-i18n': {
        localeDir: {
          pattern: './src/i18n/locales/*/*.json',
          localeKey: 'path',
          localePattern: /^.*\/(?<locale>en|ko)\/[a-z]+\.json$/,
        },
        messageSyntaxVersion: '^11.0.0',
      },
    },
    rules: {
      complexity: ['error', 12],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/max-lines-per-block': ['error', { script: 150, template: 150 }],
      'vue/require-default-prop': 'off',
      'vue/require-prop-types': 'error',
      'vue/multi-word-component-names': 'error',
      // How lines are laid out is not worth a rule's attention.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      '@intlify/vue-i18n/no-missing-keys': 'error',
      '@intlify/vue-i18n/no-missing-keys-in-other-locales': 'error',
      '@intlify/vue-i18n/no-raw-text': [
        'error',
        { ignorePattern: '^[\\s·.,:()+−/]*$', attributes: { '/.+/': ['title', 'aria-label', 'alt', 'placeholder', 'label'] } },
      ],
      // Keys made of a status or code are used where a search cannot see it.
      '@intlify/vue-i18n/no-dynamic-keys': 'off',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'vuejs-accessibility/form-control-has-label': 'off',
      'vuejs-accessibility/no-static-element-interactions': 'off',
      'vuejs-accessibility/media-has-caption': 'off',
    },
  },
  {
    files: ['scripts/**', 'lighthouse/**', '*.config.js', 'src/**/*.spec.js', 'browser/**'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
]
