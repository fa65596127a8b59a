import { useTranslation } from 'react-i18next';

import type { Schema } from '../../../api/client';

/** Who caused something, for a person. */
export function By({ actor }: { readonly actor: Schema<'DayActor'> }) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  switch (actor.kind) {
    case 'supervisor': return <>{actor.name ? t('day.supervisor', { name: actor.name }) : common('roles.supervisor')}</>;
    case 'operator': return <>{actor.name ?? common('roles.operator')}</>;
    case 'caller': return <>{t('day.caller')}</>;
    case 'system':
    case 'rule': return <>{t('day.automatic')}</>;
  }
}
