import type { TFunction } from 'i18next';

import { confirm } from '../../../ui/confirm';

/** Asks whether unsaved changes may be lost. */
export function mayLeave(t: TFunction<'admin'>): Promise<boolean> {
  return confirm({ title: t('form.leaveTitle'), text: t('form.leaveText'), yes: t('form.leave'), danger: true });
}

/** True while a form on the page holds unsaved changes. */
export function unsaved(): boolean {
  return document.querySelector('form[data-dirty="true"]') !== null;
}
