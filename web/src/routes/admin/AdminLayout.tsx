import './styles';

import { Burger, Drawer } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { IconActivityHeartbeat } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../api/client';
import { nameOf, roleOf, whoQuery, type Role } from '../../api/session';
import { changeLanguage } from '../../i18n';
import { AccountMenu } from '../../ui/AccountMenu';
import { Brand } from '../../ui/Brand';
import { refused } from '../../ui/toast';
import classes from './AdminLayout.module.css';
import { entries } from './nav';
import { centreQuery } from './parts/kinds';
import { mayLeave, unsaved } from './parts/leaving';

/** The frame of all pages of the administration: header, navigation, and the page. */
export function AdminLayout() {
  const { t } = useTranslation(['admin', 'common']);
  const { data: who } = useQuery(whoQuery);
  const { data: centre } = useQuery(centreQuery);
  const logout = useLogout();
  const [drawer, setDrawer] = useState(false);
  // One's own language, changed in one's own record, is the page's at once.
  const language = who?.language;
  useEffect(() => {
    if (language) void changeLanguage(language);
  }, [language]);
  const path = useRouterState({ select: (state) => state.location.pathname });
  // A page chosen in the drawer closes it.
  const [shown, setShown] = useState(path);
  if (shown !== path) {
    setShown(path);
    setDrawer(false);
  }
  if (!who) return null;
  const role = roleOf(who);
  return (
    <div className={classes['frame']}>
      <a href="#content" className="skip">{t('common:skip')}</a>
      <header className={classes['header']}>
        <Burger
          className={classes['burger'] ?? ''}
          size="sm"
          opened={drawer}
          onClick={() => setDrawer(true)}
          aria-label={t('frame.menu')}
          aria-expanded={drawer}
        />
        <Link to="/admin" activeOptions={{ exact: true }} className={classes['brand']} aria-label={t('frame.home')}><Brand /></Link>
        <span className={classes['centre']} title={centre?.name}>{centre?.name}</span>
        <Link to="/supervision" className={classes['other']}>
          <IconActivityHeartbeat size={18} aria-hidden />
          <span>{t('common:faces.supervision')}</span>
        </Link>
        <AccountMenu name={nameOf(who)} logout={logout} />
      </header>
      <nav className={classes['side']} aria-label={t('frame.navigation')}><Entries role={role} /></nav>
      <main id="content" tabIndex={-1} className={classes['main']}><Outlet /></main>
      <Drawer
        opened={drawer}
        onClose={() => setDrawer(false)}
        size={280}
        title={<Brand />}
        closeButtonProps={{ 'aria-label': t('common:close') }}
      >
        <nav aria-label={t('frame.navigation')}><Entries role={role} /></nav>
      </Drawer>
    </div>
  );
}

function Entries({ role }: { readonly role: Role }) {
  const { t } = useTranslation('admin');
  return (
    <ul className={classes['entries']}>
      {entries.filter((entry) => !entry.technical || role === 'technical').map(({ to, label, icon: EntryIcon }) => (
        <li key={to}>
          <Link to={to} className={classes['entry']}>
            <EntryIcon size={18} stroke={1.7} aria-hidden />
            <span>{t(`frame.nav.${label}`)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function useLogout(): () => void {
  const { t } = useTranslation('admin');
  const queries = useQueryClient();
  const navigate = useNavigate();
  return () => {
    const leave = async (): Promise<void> => {
      if (unsaved() && !(await mayLeave(t))) return;
      await answer(api.POST('/api/v1/logout'));
      // Nothing of this person is left in the page for the next one.
      queries.clear();
      queries.setQueryData(whoQuery.queryKey, null);
      await navigate({ to: '/login' });
    };
    leave().catch(refused);
  };
}
