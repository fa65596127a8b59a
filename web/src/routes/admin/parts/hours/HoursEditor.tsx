// The opening hours of a group or a number: always, or a week of slots, with the days
// that differ from it, and where calls go outside of them.
//
//   <HoursEditor value={form.values.openingHours} exitTypes={['group', 'number', 'hangup']} exitEmpty={…} exitHelp={…} />
import { useTranslation } from 'react-i18next';

import { ChoiceField } from '../fields';
import { DestinationField } from '../DestinationField';
import { Exceptions } from './Exceptions';
import { Holidays } from './Holidays';
import type { HoursValue } from './hours';
import { OpenNow } from './OpenNow';
import { WeekEditor } from './WeekEditor';

interface HoursEditorProps {
  /** The value named openingHours of the form around it. */
  readonly value: HoursValue;
  /** What no exit means. */
  readonly exitEmpty: string;
  readonly exitHelp: string;
}

export function HoursEditor({ value, exitEmpty, exitHelp }: HoursEditorProps) {
  const { t } = useTranslation('admin');
  return (
    <>
      <ChoiceField
        name="openingHours.mode"
        label={t('hours.mode')}
        options={(['always', 'hours'] as const).map((mode) => ({ value: mode, label: t(`hours.modes.${mode}`), help: t(`hours.modesHelp.${mode}`) }))}
      />
      {value.mode === 'hours' && (
        <>
          <OpenNow hours={value} />
          <WeekEditor />
          <Holidays />
          <Exceptions />
          <DestinationField name="openingHours.exit" label={t('hours.exit')} help={exitHelp} types={['group', 'number', 'hangup']} empty={exitEmpty} />
        </>
      )}
    </>
  );
}
