import { useQueryClient } from '@tanstack/react-query';
import { openModal } from '@mantine/modals';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { confirm } from '../../../ui/confirm';
import { refused, said } from '../../../ui/toast';
import { inUseText } from './inUse';
import type { Kind, Stored } from './kinds';
import { remove } from './resource';

interface Question {
  readonly title: string;
  readonly text: string;
}

/** Deletes records after asking; what is still in use stays, and its users are named. Resolves to what is gone. */
export function useRemoval<R extends Stored, C>(kind: Omit<Kind<R, C>, 'create'>) {
  const { t } = useTranslation(['admin', 'common']);
  const queries = useQueryClient();
  return async (records: readonly R[], name: (record: R) => string, question: Question): Promise<number> => {
    if (!(await confirm({ ...question, yes: t('form.delete'), danger: true }))) return 0;
    let gone = 0;
    const held: { readonly id: string; readonly text: string }[] = [];
    for (const record of records) {
      try {
        await remove(queries, kind, record.id);
        gone++;
      } catch (error) {
        const users = inUseText(t, error);
        if (users === '') {
          refused(error);
          break;
        }
        held.push({ id: record.id, text: t('common:pair', { name: name(record), text: users }) });
      }
    }
    if (gone > 0) said(t('form.deleted'));
    if (held.length > 0) {
      openModal({
        centered: true,
        title: t('form.deleteRefused'),
        closeButtonProps: { 'aria-label': t('common:close') },
        children: held.map(({ id, text }) => <Text key={id} size="sm" mb="xs">{text}</Text>),
      });
    }
    return gone;
  };
}
