import { useTranslation } from 'react-i18next';

import type { Operator } from '../parts/kinds';
import { Sign } from '../parts/Sign';

const tones = { pending: 'waiting', delivered: 'sent', failed: 'bad', set: 'good' } as const;

/** Where a mailed password stands; the same for operators and users. */
export function PasswordState({ state }: { readonly state: Operator['passwordState'] }) {
  const { t } = useTranslation('admin');
  return <Sign tone={tones[state]}>{t(`operators.passwordState.${state}`)}</Sign>;
}

export function EnabledState({ enabled }: { readonly enabled: boolean }) {
  const { t } = useTranslation('admin');
  return <Sign tone={enabled ? 'good' : 'off'}>{enabled ? t('operators.enabled') : t('operators.disabled')}</Sign>;
}
