import { Anchor, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../api/client';
import { whoQuery } from '../../api/session';
import { PasswordForm } from '../../ui/PasswordForm';
import { refused, said } from '../../ui/toast';
import { Entrance } from './Entrance';
import { enter } from './enter';

const route = getRouteApi('/password');

/** Replaces one's password: of one's own accord, or because nothing else is allowed before. */
export function PasswordPage() {
  const { t } = useTranslation(['login', 'common']);
  const { next } = route.useSearch();
  const queries = useQueryClient();
  const router = useRouter();
  const { data: who } = useQuery(whoQuery);
  if (!who) return null;
  const due = who.mustChangePassword;

  const done = async (): Promise<void> => {
    await enter(queries, router.history, next);
    said(t('change.done'));
  };
  const leave = async (): Promise<void> => {
    if (!due) {
      router.history.push(next ?? '/');
      return;
    }
    await answer(api.POST('/api/v1/logout'));
    queries.clear();
    queries.setQueryData(whoQuery.queryKey, null);
    router.history.push('/login');
  };

  return (
    <Entrance title={due ? t('change.first') : t('change.title')} lead={due ? t('change.firstLead') : t('change.lead')}>
      <Stack gap="md">
        <PasswordForm login={who.login} done={done} />
        <Anchor component="button" type="button" ta="center" onClick={() => void leave().catch(refused)}>
          {due ? t('common:logout') : t('common:cancel')}
        </Anchor>
      </Stack>
    </Entrance>
  );
}
