import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { readable } from '../../../ui/number';
import { callOf, groupOf, otherParty } from '../state/model';
import { useMe } from '../state/post';

/** The one place that speaks: a call that comes in. Nothing that ticks is in it. */
export function Announcer() {
  const { t } = useTranslation(['banner', 'common']);
  const call = useMe((me) => (me.activity === 'ringing' ? callOf(me) : undefined));
  const group = useMe((me) => groupOf(me, call?.group ?? null)?.name);
  const party = call && otherParty(call);
  const who = party && (party.name ?? (party.number ? readable(party.number) : t('common:withheld')));
  return (
    <VisuallyHidden aria-live="polite" aria-atomic>
      {who ? t('card.announce', { who, group: group ?? t('card.direct') }) : ''}
    </VisuallyHidden>
  );
}
