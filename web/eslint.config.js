import js from '@eslint/js';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

// A face may use what is common, and itself. What is common knows no face.
const faces = ['login', 'admin', 'banner', 'supervision'];
const common = ['api', 'live', 'phone', 'ui'];

export default ts.config(
  { ignores: ['dist/**', 'src/api/schema.d.ts', 'public/**'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', 'tools/*.mjs'] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // An index signature is read with brackets, so that a wrong name of a member shows.
      '@typescript-eslint/dot-notation': 'off',
      // The router's redirect is thrown and is no Error.
      '@typescript-eslint/only-throw-error': ['error', { allow: [{ from: 'package', package: '@tanstack/router-core', name: 'Redirect' }] }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'Text is shown as text.' },
        { selector: 'MemberExpression[property.name="innerHTML"]', message: 'Text is shown as text.' },
      ],
    },
  },
  { files: ['**/*.tsx'], ...a11y.flatConfigs.strict },
  { files: ['**/*.{ts,tsx}'], ...hooks.configs.flat.recommended },
  ...faces.map((face) => ({
    files: [`src/routes/${face}/**`],
    rules: {
      'no-restricted-imports': ['error', {
        patterns: faces.filter((other) => other !== face).map((other) => ({
          group: [`**/routes/${other}/**`, `../${other}/**`, `../../${other}/**`],
          message: 'The faces do not know each other.',
        })),
      }],
    },
  })),
  ...common.map((part) => ({
    files: [`src/${part}/**`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['**/routes/**'], message: 'What is common knows no face.' }] }] },
  })),
  { files: ['**/*.js', '**/*.mjs'], ...ts.configs.disableTypeChecked, languageOptions: { globals: { URL: 'readonly', process: 'readonly', console: 'readonly' } } },
);
