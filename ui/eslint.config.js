import pluginVue from 'eslint-plugin-vue';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Prettier owns layout, so only the 'essential' Vue set plus named rules; 'recommended' brings ~20 layout rules that fight Prettier.
export default defineConfig([
  globalIgnores(['shots/', 'components.d.ts', 'src/api/schema.d.ts']),
  ...tseslint.configs.recommended,
  ...pluginVue.configs['flat/essential'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/no-v-html': 'error',
      'vue/no-static-inline-styles': 'error',
      'vue/no-unused-refs': 'error',
      'vue/require-explicit-emits': 'error',
      'vue/attributes-order': 'error',
      'vue/no-restricted-syntax': [
        'error',
        {
          selector:
            "VAttribute[directive=true][key.name.name='model'] > VDirectiveKey > VIdentifier[name=/^(trim|number|lazy)$/]",
          message: 'v-model modifiers on PrimeVue inputs leave a modelmodifiers attribute in the DOM; trim in code.',
        },
        {
          selector: "VElement[rawName='InputNumber'], VAttribute[key.name='type'][value.value='number']",
          message: 'Both read numbers of other locales as other numbers; use NumberField.',
        },
      ],
    },
  },
  { files: ['public/*.js', 'mock/**', 'test/e2e/**'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
]);
