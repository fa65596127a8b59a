import { CloseButton, NativeSelect, Switch, TextInput } from '@mantine/core';
import { IconCircleCheck, IconPencil, IconPhoneCall, IconPlayerPause, IconSearch, type Icon } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useVersion } from '../../../live/rows';
import { useShortcut } from '../../../ui/Shortcuts';
import { useGroupNames } from '../groupNames';
import { useLive } from '../live';
import classes from './Operators.module.css';
import { kindOf, kinds, type Kind, type Selection } from './select';
import { ViewsMenu } from './ViewsMenu';

const icons: Record<Kind, Icon> = { available: IconCircleCheck, in_call: IconPhoneCall, wrap_up: IconPencil, paused: IconPlayerPause };

interface FiltersProps {
  readonly selection: Selection;
  readonly select: (selection: Selection) => void;
  readonly paged: boolean;
  readonly setPaged: (paged: boolean) => void;
}

/** Which operators are shown, and how. */
export function Filters({ selection, select, paged, setPaged }: FiltersProps) {
  const { t } = useTranslation('supervision');
  const search = useRef<HTMLInputElement>(null);
  useShortcut('/', t('operators.searchKey'), () => search.current?.focus());
  return (
    <div className={classes['filters']}>
      <TextInput
        ref={search}
        className={classes['search']}
        type="search"
        aria-label={t('operators.search')}
        placeholder={t('operators.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={selection.search === '' ? null : <CloseButton size="sm" aria-label={t('operators.clear')} onClick={() => select({ ...selection, search: '' })} />}
        value={selection.search}
        onChange={(event) => select({ ...selection, search: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') select({ ...selection, search: '' });
        }}
      />
      <GroupSelect value={selection.group} choose={(group) => select({ ...selection, group })} />
      <KindButtons chosen={selection.kinds} group={selection.group} choose={(some) => select({ ...selection, kinds: some })} />
      <Switch
        size="sm"
        label={t('operators.loggedOut')}
        checked={selection.loggedOut}
        onChange={(event) => select({ ...selection, loggedOut: event.currentTarget.checked })}
      />
      <Switch size="sm" label={t('operators.paged')} checked={paged} onChange={(event) => setPaged(event.currentTarget.checked)} />
      <ViewsMenu selection={selection} select={select} />
    </div>
  );
}

function GroupSelect({ value, choose }: { readonly value: string; readonly choose: (group: string) => void }) {
  const { t } = useTranslation('supervision');
  const groups = useGroupNames();
  return (
    <NativeSelect
      className={classes['group']}
      aria-label={t('figures.group')}
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[{ value: '', label: t('allGroups') }, ...groups.map(({ id, name }) => ({ value: id, label: name }))]}
    />
  );
}

interface KindButtonsProps {
  readonly chosen: readonly Kind[];
  readonly group: string;
  readonly choose: (kinds: readonly Kind[]) => void;
}

/** States to filter by, each with how many are in it now. */
function KindButtons({ chosen, group, choose }: KindButtonsProps) {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  useVersion(floor.operators);
  const counts: Record<Kind | 'logged_out', number> = { available: 0, in_call: 0, wrap_up: 0, paused: 0, logged_out: 0 };
  for (const operator of floor.operators.all()) if (group === '' || operator.groups.includes(group)) counts[kindOf(operator)]++;
  return (
    <div className={classes['kinds']} role="group" aria-label={t('columns.state')}>
      {kinds.map((kind) => {
        const KindIcon = icons[kind];
        const pressed = chosen.includes(kind);
        return (
          <button
            key={kind}
            type="button"
            className={classes['kind']}
            data-kind={kind}
            aria-pressed={pressed}
            onClick={() => choose(pressed ? chosen.filter((one) => one !== kind) : [...chosen, kind])}
          >
            <KindIcon aria-hidden className={classes['kindIcon']} />
            <span>{t(`kinds.${kind}`)}</span>
            <strong>{counts[kind]}</strong>
          </button>
        );
      })}
    </div>
  );
}
