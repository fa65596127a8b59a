import { Button, Stack, Text, Title } from '@mantine/core';
import { IconLogin2, IconStack2, type Icon } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { whoQuery } from '../../api/session';
import type { EndReason } from '../../live/banner';
import { Brand } from '../../ui/Brand';
import { Loading } from '../../ui/States';
import classes from './Gates.module.css';

interface GateProps {
  readonly icon: Icon;
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Gate({ icon: Picture, title, text, children }: GateProps) {
  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);
  return (
    <main className={classes['gate']} id="content">
      <Stack gap="lg" className={classes['card']}>
        <Brand />
        <Picture size={40} stroke={1.5} className={classes['icon']} aria-hidden />
        <Stack gap={6}>
          <Title order={1} size="h3">{title}</Title>
          <Text c="dimmed">{text}</Text>
        </Stack>
        {children}
      </Stack>
    </main>
  );
}

/** Said by every tab but the one that has the banner. */
export function Elsewhere({ take }: { readonly take: () => void }) {
  const { t } = useTranslation(['banner', 'common']);
  return (
    <Gate icon={IconStack2} title={t('elsewhere.title')} text={t('elsewhere.text')}>
      <Button size="md" onClick={take}>{t('elsewhere.take')}</Button>
    </Gate>
  );
}

interface EndedProps {
  readonly reason: EndReason | null;
  /** He asked for it here: there is nothing to explain. */
  readonly mine: boolean;
}

/** The session has ended: why, and the way back. */
export function Ended({ reason, mine }: EndedProps) {
  const { t } = useTranslation(['banner', 'common']);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const again = (): void => {
    queries.clear();
    queries.setQueryData(whoQuery.queryKey, null);
    void navigate({ to: '/login' });
  };
  const straight = mine && (reason === 'manual' || reason === null);
  useEffect(() => {
    if (straight) again();
  });
  if (straight) return <Loading />;
  return (
    <Gate icon={IconLogin2} title={reason === 'taken_over' ? t('ended.takenOver') : t('ended.title')} text={t(`ended.reason.${reason ?? 'unknown'}`)}>
      <Button size="md" onClick={again}>{t('ended.again')}</Button>
    </Gate>
  );
}
