import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import { said } from '../../../ui/toast';
import { usePost } from '../state/post';

/** Logs out; during a call that waits for its end. */
export function useLogout(): () => void {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  return () => {
    void post.run('logout', async () => {
      await post.saved();
      post.leaving.set(true);
      try {
        const pending = (await answer(api.POST('/api/v1/logout'))) as unknown; // nothing at all outside of a call
        if (pending) said(t('pending.logoutSaid'));
      } catch (error) {
        post.leaving.set(false);
        throw error;
      }
    });
  };
}
