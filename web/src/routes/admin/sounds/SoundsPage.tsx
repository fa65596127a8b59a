import { ActionIcon, Anchor } from '@mantine/core';
import { IconFileMusic, IconPencil, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import { clockText } from '../../../ui/Duration';
import { FileDrop } from '../parts/FileDrop';
import { sounds, type Sound } from '../parts/kinds';
import { Listen } from '../parts/Listen';
import { Page } from '../parts/Page';
import { useList } from '../parts/resource';
import { ResourceList } from '../parts/ResourceList';
import { useRemoval } from '../parts/useRemoval';
import type { Column } from '../parts/view';
import { Rename } from './Rename';
import classes from './sounds.module.css';
import { Uploads } from './Uploads';
import { useUploads } from './useUploads';

const nameOf = (sound: Sound): string => sound.name;
const textOf = ({ name, usedBy }: Sound): string => [name, ...usedBy.map((group) => group.name)].join(' ');

/** A size for people, in the words of their language. */
function size(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(currentLanguage(), { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/** The sounds of the centre: uploaded, listened to, renamed, deleted. */
export function SoundsPage() {
  const { t } = useTranslation('admin');
  const list = useList(sounds);
  const uploads = useUploads();
  const removal = useRemoval(sounds);
  const [renamed, setRenamed] = useState<Sound | null>(null);
  const columns = useMemo((): readonly Column<Sound>[] => {
    const erase = (sound: Sound): void => {
      void removal([sound], nameOf, { title: t('sounds.deleteOne', { name: sound.name }), text: t('sounds.deleteText') });
    };
    return [
      { id: 'name', label: t('sounds.name'), width: 'minmax(10rem, 1.6fr)', cell: nameOf, sort: nameOf },
      { id: 'listen', label: t('sounds.player'), width: '6rem', cell: (s) => <Listen id={s.id} name={s.name} /> },
      { id: 'duration', label: t('sounds.duration'), width: '5.5rem', end: true, cell: (s) => clockText(Math.ceil(s.durationSeconds)), sort: (s) => s.durationSeconds },
      { id: 'format', label: t('sounds.format'), width: '6rem', cell: (s) => s.format.toUpperCase(), sort: (s) => s.format },
      { id: 'size', label: t('sounds.size'), width: '6rem', end: true, cell: (s) => size(s.bytes), sort: (s) => s.bytes },
      { id: 'usedBy', label: t('sounds.usedBy'), width: 'minmax(9rem, 1.4fr)', cell: (s) => <Users sound={s} />, sort: (s) => s.usedBy.length },
      {
        id: 'actions',
        label: t('sounds.actions'),
        width: '5rem',
        end: true,
        cell: (s) => (
          <span className={classes['actions']}>
            <ActionIcon variant="subtle" color="gray" aria-label={t('sounds.rename', { name: s.name })} onClick={() => setRenamed(s)}><IconPencil size={16} aria-hidden /></ActionIcon>
            <ActionIcon variant="subtle" color="gray" aria-label={t('sounds.delete', { name: s.name })} onClick={() => erase(s)}><IconTrash size={16} aria-hidden /></ActionIcon>
          </span>
        ),
      },
    ];
  }, [t, removal]);
  return (
    <Page title={t('sounds.title')} intro={t('sounds.intro')}>
      <section className={classes['upload']} aria-label={t('sounds.upload')}>
        <FileDrop
          name={undefined}
          busy={false}
          several
          accept=".wav,.mp3,audio/wav,audio/mpeg"
          icon={IconFileMusic}
          words={{ drop: t('sounds.drop'), choose: t('sounds.choose'), chooseOther: t('sounds.choose') }}
          chosen={uploads.add}
        />
        <Uploads all={uploads.all} dismiss={uploads.dismiss} />
      </section>
      <ResourceList
        name="sounds"
        title={t('sounds.title')}
        query={list}
        columns={columns}
        sort="name"
        text={textOf}
        label={nameOf}
        count={(count) => t('sounds.count', { count })}
        empty={{ title: t('sounds.empty'), text: t('sounds.emptyText') }}
      />
      {renamed && <Rename sound={renamed} close={() => setRenamed(null)} />}
    </Page>
  );
}

function Users({ sound: { usedBy } }: { readonly sound: Sound }) {
  const { t } = useTranslation('admin');
  if (usedBy.length === 0) return <span className={classes['none']}>{t('sounds.unused')}</span>;
  return (
    <span className={classes['users']}>
      {usedBy.map(({ id, name }) => <Anchor key={id} component={Link} to={`/admin/groups/${id}`} size="sm" inherit>{name}</Anchor>)}
    </span>
  );
}
