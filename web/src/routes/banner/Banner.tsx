import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Loading } from '../../ui/States';
import { Column } from './Column';
import { PhoneDialog, Settings, Strip } from './later';
import { Announcer } from './parts/Announcer';
import { Watcher } from './parts/Watcher';
import { useStrip } from './state/layout';

/** The banner at work, as a column or as a strip. */
export function Banner() {
  const { t } = useTranslation(['banner', 'common']);
  const [dialog, setDialog] = useState<'phone' | 'settings' | null>(null);
  const strip = useStrip();
  const close = useCallback(() => setDialog(null), []);
  const changePhone = useCallback(() => setDialog('phone'), []);
  const settings = useCallback(() => setDialog('settings'), []);
  return (
    <>
      <a href="#content" className="skip">{t('common:skip')}</a>
      {strip
        ? <Strip settings={settings} changePhone={changePhone} fallback={<Loading />} />
        : <Column settings={settings} changePhone={changePhone} />}
      <Announcer />
      <Watcher />
      {dialog === 'phone' && <PhoneDialog close={close} />}
      {dialog === 'settings' && <Settings close={close} />}
    </>
  );
}
