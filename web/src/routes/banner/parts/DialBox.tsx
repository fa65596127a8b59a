import { Button, Input, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconPhone, IconUrgent } from '@tabler/icons-react';
import { memo, useRef, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { fieldProblems, Problem } from '../../../api/client';
import { useValue } from '../../../live/value';
import { problemNow } from '../../../ui/problem';
import { SteadyButton } from '../../../ui/SteadyButton';
import { dial } from '../state/actions';
import { dialMode, mayDial } from '../state/model';
import { checkNumber, dialled } from '../state/number';
import { UnsavedError, useLine, useMe, usePost } from '../state/post';
import { changePrefs, prefs } from '../state/prefs';
import classes from './DialBox.module.css';

/** The dial box; without the right to call, only what leads to an emergency number (OP-20). */
export const DialBox = memo(function DialBox() {
  const { t } = useTranslation(['banner', 'common']);
  const full = useMe((me) => dialMode(me) === 'full');
  const [open, setOpen] = useState(false);
  if (full) return <Form />;
  if (open) return <Form emergency />;
  return (
    <Button variant="default" size="sm" fullWidth leftSection={<IconUrgent size={18} aria-hidden />} onClick={() => setOpen(true)}>
      {t('dial.emergency')}
    </Button>
  );
});

function Form({ emergency = false }: { readonly emergency?: boolean }) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const groups = useMe((me) => me.groups);
  const may = useMe((me) => mayDial(me) || (emergency && me.activity === 'ringing'));
  const lost = useLine().state !== 'live';
  const { dialGroup } = useValue(prefs);
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const group = !emergency && groups.some(({ id }) => id === dialGroup) ? dialGroup : '';

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy || lost || !may) return;
    if (checkNumber(text) !== 'ok') {
      setError(t('dial.bad'));
      field.current?.focus();
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await dial(post, dialled(text), group || null);
      setText('');
    } catch (caught) {
      setError(caught instanceof UnsavedError ? caught.message : caught instanceof Problem && 'number' in fieldProblems(caught) ? t('dial.bad') : problemNow(caught));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className={classes['form']} onSubmit={(event) => void submit(event)} noValidate>
      <Input.Label htmlFor="dial" className={classes['label']}>{emergency ? t('dial.emergency') : t('dial.number')}</Input.Label>
      <TextInput
        ref={field}
        id="dial"
        type="tel"
        inputMode="tel"
        autoComplete="off"
        size="md"
        description={emergency && t('dial.emergencyText')}
        inputWrapperOrder={['input', 'error', 'description']}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setError(null);
        }}
        error={error}
        className={classes['number']}
      />
      <SteadyButton type="submit" size="md" className={classes['go']} leftSection={<IconPhone size={20} aria-hidden />} busy={busy} off={lost || !may}>
        {t('dial.go')}
      </SteadyButton>
      {!emergency && groups.length > 0 && (
        <NativeSelect
          label={t('dial.group')}
          className={classes['group']}
          value={group}
          onChange={(event) => changePrefs({ dialGroup: event.currentTarget.value })}
          data={[{ value: '', label: t('dial.noGroup') }, ...groups.map(({ id, name }) => ({ value: id, label: name }))]}
        />
      )}
      {!may && <Text size="sm" c="dimmed" className={classes['group']}>{t('dial.notNow')}</Text>}
    </form>
  );
}
