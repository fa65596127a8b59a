import type admin from './locales/fr/admin.json';
import type banner from './locales/fr/banner.json';
import type common from './locales/fr/common.json';
import type login from './locales/fr/login.json';
import type rules from './locales/fr/rules.json';
import type supervision from './locales/fr/supervision.json';

// Keys are checked when the program is compiled, against the French words.
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      admin: typeof admin;
      banner: typeof banner;
      common: typeof common;
      login: typeof login;
      rules: typeof rules;
      supervision: typeof supervision;
    };
  }
}
