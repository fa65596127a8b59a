import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import type { UserMe } from '../../../api/session';
import { refused, said } from '../../../ui/toast';
import { useLive } from '../live';
import { ListenBar } from './ListenBar';
import { useListening } from './useListening';

/** What a supervisor hears, at the foot of a page; on a page without it he hears nothing. */
export function Listens({ user }: { readonly user: UserMe }) {
  return user.rights.listen ? <Following user={user.id} /> : null;
}

function Following({ user }: { readonly user: string }) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const listening = useListening();
  const router = useRouter();
  useEffect(() => {
    const stop = listening.follow(floor, user, (end, { operator }) => said(t(`listening.end.${end}`, { name: floor.operators.get(operator)?.fullName ?? '' })));
    return () => {
      stop();
      if (!shows(router.latestLocation.pathname)) void listening.leave().catch(refused);
    };
  }, [listening, floor, user, router, t]);
  return <ListenBar />;
}

/** Whether a page has it at its foot. */
function shows(path: string): boolean {
  return path === '/supervision' || path.startsWith('/supervision/calls/');
}
