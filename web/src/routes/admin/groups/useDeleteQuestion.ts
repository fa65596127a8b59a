import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import { readable } from '../../../ui/number';
import { groups, type Group } from '../parts/kinds';
import { useList } from '../parts/resource';

/** What is asked before a group is deleted: how many wait in it, and where they go. */
export function useDeleteQuestion(): (group: Group) => Promise<{ title: string; text: string }> {
  const { t } = useTranslation('admin');
  const all = useList(groups).data;
  return async ({ id, name, overflow }) => {
    // Without an answer the rule is told without the number.
    const floor = await answer(api.GET('/api/v1/floor')).catch(() => undefined);
    const waiting = floor?.groups.find((group) => group.id === id)?.waiting;
    const ways = {
      group: () => t('groups.deleteTo.group', { name: all?.find((other) => other.id === overflow.id)?.name ?? t('groups.one') }),
      number: () => t('groups.deleteTo.number', { number: readable(overflow.number ?? '') }),
      hangup: () => t('groups.deleteTo.hangup'),
      operator: () => '',
    };
    const count = waiting === undefined ? t('groups.deleteWaitingUnknown') : waiting === 0 ? t('groups.deleteNobody') : t('groups.deleteWaiting', { count: waiting });
    return { title: t('groups.deleteOne', { name }), text: [count, waiting === 0 ? '' : ways[overflow.type](), t('groups.deleteText')].filter(Boolean).join(' ') };
  };
}
