import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { FieldProps } from './fieldContext';
import { SelectField } from './fields';
import { sounds } from './kinds';
import { Listen } from './Listen';
import { useList } from './resource';
import classes from './SoundField.module.css';

interface SoundFieldProps extends FieldProps {
  /** The sound that is chosen, to be listened to. */
  readonly value: string | null;
  /** What no sound means. */
  readonly empty: string;
}

/** One of the centre's sounds; it is listened to beside the field. */
export function SoundField({ value, empty, help, ...about }: SoundFieldProps) {
  const { t } = useTranslation('admin');
  const all = useList(sounds).data;
  const chosen = all?.find(({ id }) => id === value);
  const none = all?.length === 0;
  return (
    <div className={classes['field']}>
      <SelectField
        {...about}
        help={none ? <>{help} <Anchor component={Link} to="/admin/sounds" underline="always" inherit>{t('sounds.first')}</Anchor></> : help}
        options={(all ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        searchable
        empty={empty}
      />
      {chosen && <div><Listen id={chosen.id} name={chosen.name} /></div>}
    </div>
  );
}
