import { useTranslation } from 'react-i18next';

import { PasswordState } from '../operators/states';
import type { User } from '../parts/kinds';
import { Sign } from '../parts/Sign';

/** Where a user's password stands. Without an address none is on its way: it waits for the server's terminal. */
export function UserPassword({ user }: { readonly user: User }) {
  const { t } = useTranslation('admin');
  if (user.email === null && user.passwordState === 'pending') return <Sign tone="waiting">{t('users.toSet')}</Sign>;
  return <PasswordState state={user.passwordState} />;
}
