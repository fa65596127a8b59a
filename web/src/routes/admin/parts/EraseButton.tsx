import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useNavigate, type LinkProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { Kind, Stored } from './kinds';
import { useRemoval } from './useRemoval';

interface Question {
  readonly title: string;
  readonly text: string;
}

interface EraseButtonProps<R extends Stored, C> {
  readonly kind: Kind<R, C>;
  readonly record: R;
  readonly name: string;
  /** What is asked before, and what it means. */
  readonly question: Question | (() => Promise<Question>);
  /** The list that is shown once it is gone. */
  readonly to: NonNullable<LinkProps['to']>;
}

/** Deletes the record of the page, after asking. */
export function EraseButton<R extends Stored, C>({ kind, record, name, question, to }: EraseButtonProps<R, C>) {
  const { t } = useTranslation('admin');
  const navigate = useNavigate();
  const removal = useRemoval(kind);
  const erase = async (): Promise<void> => {
    const gone = await removal([record], () => name, typeof question === 'function' ? await question() : question);
    // What was typed belongs to a record that is no more.
    if (gone > 0) await navigate({ to, ignoreBlocker: true });
  };
  return <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void erase()}>{t('form.delete')}</Button>;
}
