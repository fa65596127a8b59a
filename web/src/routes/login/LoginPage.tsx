import { Alert } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Ended } from '../../ui/ended';
import { PasswordForm } from '../../ui/PasswordForm';
import { Entrance } from './Entrance';
import { enter } from './enter';
import { LoginForm, type Credentials } from './LoginForm';

const route = getRouteApi('/login');

export function LoginPage() {
  const { next, ended } = route.useSearch();
  const queries = useQueryClient();
  const router = useRouter();
  return <Login ended={ended} entered={() => enter(queries, router.history, next)} />;
}

interface LoginProps {
  readonly ended?: Ended | undefined;
  /** He is logged in and may go where he belongs. */
  readonly entered: () => Promise<void>;
}

/** Log-in and, where the password has to be replaced first, that in the same place. */
export function Login({ ended, entered }: LoginProps) {
  const { t } = useTranslation('login');
  const [first, setFirst] = useState<Credentials>();
  if (first) {
    return (
      <Entrance title={t('change.first')} lead={t('change.firstLead')} chooseLanguage>
        <PasswordForm login={first.login} current={first.password} done={entered} />
      </Entrance>
    );
  }
  return (
    <Entrance title={t('title')} lead={t('lead')} chooseLanguage>
      <LoginForm
        note={ended && <EndedNote ended={ended} />}
        loggedIn={async (answer, credentials) => {
          if (answer.mustChangePassword) setFirst(credentials);
          else await entered();
        }}
      />
    </Entrance>
  );
}

function EndedNote({ ended }: { readonly ended: Ended }) {
  const { t } = useTranslation(['login', 'common']);
  return (
    <Alert color="lagoon" variant="light" icon={<IconInfoCircle aria-hidden />} role="status">
      {ended === 'session' ? t('ended.session') : t('ended.reason', { reason: t(`common:reason.${ended}`) })}
    </Alert>
  );
}
