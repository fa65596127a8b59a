import { useTranslation } from 'react-i18next';

import { readable } from '../../../ui/number';
import { phoneStateOf } from '../state/model';
import { useMe } from '../state/post';

/** The phone of the session and how it stands, in one sentence. */
export function usePhoneText(): string {
  const { t } = useTranslation(['banner', 'common']);
  const phone = useMe((me) => me.phone);
  const kind = phone.kind ? t(`common:phone.${phone.kind}`) : null;
  const name = kind && phone.number ? `${kind} ${readable(phone.number)}` : kind;
  switch (phoneStateOf(phone)) {
    case 'reachable':
      return t('phone.reachable', { phone: name });
    case 'unreachable':
      return t('phone.unreachable', { phone: name });
    case 'in_use':
      return t('phone.inUse', { phone: name });
    case 'missing':
      return t('phone.missing');
  }
}
