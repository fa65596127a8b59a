import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { IconChartLine, IconDeviceTv, IconHeadset, IconLayoutDashboard, IconPhone, IconSettings, IconUsersGroup, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../api/client';
import { mayAdminister, nameOf, whoQuery, type UserMe } from '../../api/session';
import { AccountMenu } from '../../ui/AccountMenu';
import { Brand } from '../../ui/Brand';
import { refused } from '../../ui/toast';
import { ConnectionWord } from './ConnectionWord';
import classes from './Header.module.css';
import { useListening } from './listening/useListening';
import { views, type View } from './search';

const icons: Record<View, Icon> = {
  floor: IconLayoutDashboard, groups: IconUsersGroup, operators: IconHeadset, activity: IconChartLine, calls: IconPhone,
};

interface HeaderProps {
  readonly user: UserMe;
  /** The view a page belongs to that is none itself. */
  readonly within?: View;
}

/** Whose centre it is, whether the figures are live, and the ways from here. */
export function Header({ user, within }: HeaderProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const router = useRouter();
  const listening = useListening();
  const logout = async (): Promise<void> => {
    try {
      await listening.leave();
      await answer(api.POST('/api/v1/logout'));
    } catch (error) {
      refused(error);
      return;
    }
    queries.setQueryData(whoQuery.queryKey, null);
    await router.invalidate();
  };
  return (
    <header className={classes['header']}>
      <div className={classes['who']}>
        <Brand />
        <span className={classes['centre']}>{user.centre.name}</span>
      </div>
      <nav className={classes['nav']} aria-label={t('views.nav')}>
        {views.map((name) => {
          const ViewIcon = icons[name];
          return (
            <Link
              key={name}
              to="/supervision"
              search={name === 'floor' ? {} : { view: name }}
              activeOptions={{ exact: true, includeSearch: true }}
              className={classes['link']}
              data-within={name === within || undefined}
            >
              <ViewIcon aria-hidden className={classes['icon']} />
              {t(`view.${name}`)}
            </Link>
          );
        })}
      </nav>
      <div className={classes['tools']}>
        <ConnectionWord zone={user.centre.timeZone} />
        <Button component={Link} to="/supervision/wallboard" variant="default" size="xs" leftSection={<IconDeviceTv size={16} aria-hidden />}>
          {t('wallboard.title')}
        </Button>
        {mayAdminister(user) && (
          <Button component={Link} to="/admin" variant="default" size="xs" leftSection={<IconSettings size={16} aria-hidden />}>
            {common('faces.admin')}
          </Button>
        )}
        <span className={classes['account']}><AccountMenu name={nameOf(user)} logout={() => void logout()} /></span>
      </div>
    </header>
  );
}
