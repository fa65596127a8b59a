import { useTranslation } from 'react-i18next';

import { usePhone } from '../state/post';
import type { BrowserTrouble } from '../state/useBrowser';

export interface Remedy {
  readonly text: string;
  readonly run: () => void;
}

/** The click that settles what is wrong with the page as a phone; null where there is none. */
export function useRemedy(trouble: BrowserTrouble | null, inCall: boolean): Remedy | null {
  const { t } = useTranslation(['banner', 'common']);
  const phone = usePhone();
  if (!phone) return null;
  const ask = (): void => void phone.ask();
  switch (trouble) {
    case 'permission':
      return { text: inCall ? t('mic.resume') : t('mic.allow'), run: ask };
    case 'denied':
    case 'no_device':
    case 'in_use':
    case 'failed':
      return { text: t('mic.again'), run: ask };
    case 'taken':
      return { text: t('mic.here'), run: () => phone.take() };
    case 'blocked':
      return { text: t('mic.hear'), run: () => void phone.unblock() };
    default:
      return null;
  }
}
