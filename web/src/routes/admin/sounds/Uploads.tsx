import { ActionIcon, Progress } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';

import { fieldProblems, Problem } from '../../../api/client';
import { problemText } from '../../../ui/problem';
import { ruleText } from '../../../ui/rules';
import { Sign } from '../parts/Sign';
import classes from './sounds.module.css';
import type { Upload } from './useUploads';

interface UploadsProps {
  readonly all: readonly Upload[];
  readonly dismiss: (id: number) => void;
}

/** The files on their way, and what became of them. */
export function Uploads({ all, dismiss }: UploadsProps) {
  const { t } = useTranslation('admin');
  return (
    <ul className={classes['uploads']} aria-live="polite">
      {all.map((one) => (
        <li key={one.id}>
          <span className={classes['file']}>{one.name}</span>
          <State upload={one} />
          {(one.state === 'done' || one.state === 'failed') && (
            <ActionIcon variant="subtle" color="gray" aria-label={t('sounds.dismiss', { name: one.name })} onClick={() => dismiss(one.id)}><IconX size={16} aria-hidden /></ActionIcon>
          )}
        </li>
      ))}
    </ul>
  );
}

function State({ upload: { state, part, error, name } }: { readonly upload: Upload }) {
  const { t } = useTranslation('admin');
  const words = useTranslation().t;
  switch (state) {
    case 'waiting':
      return <Sign tone="waiting">{t('sounds.waiting')}</Sign>;
    case 'done':
      return <Sign tone="good">{t('sounds.stored')}</Sign>;
    case 'failed':
      return <Sign tone="bad">{refusal(words, t, error)}</Sign>;
    case 'sending':
      return (
        <span className={classes['sending']}>
          <Progress value={part * 100} className={classes['progress'] ?? ''} aria-label={t('sounds.progress', { name })} />
          <span>{part < 1 ? t('sounds.sending') : t('sounds.converting')}</span>
        </span>
      );
  }
}

/** Why a file was not taken. */
function refusal(words: TFunction, t: TFunction<'admin'>, error: unknown): string {
  if (error instanceof Problem && error.status === 413) return t('sounds.tooLarge');
  const [rule] = Object.values(fieldProblems(error));
  return rule === undefined ? problemText(words, error) : ruleText(words, rule);
}
