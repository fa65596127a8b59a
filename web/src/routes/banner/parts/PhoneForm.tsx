import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';

import { Button, Group, NativeSelect, SegmentedControl, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, fieldProblems } from '../../../api/client';
import { currentLanguage } from '../../../i18n';
import { problemNow } from '../../../ui/problem';
import { Failure } from '../../../ui/States';
import { SteadyButton } from '../../../ui/SteadyButton';
import { checkNumber, dialled } from '../state/number';
import { useLine, useMe } from '../state/post';
import classes from './PhoneForm.module.css';
import { usePhones } from './usePhones';

interface PhoneFormProps {
  readonly done: () => void;
  readonly cancel?: () => void;
}

type Kind = 'external' | 'centrex' | 'browser';

/** Which phone his calls ring on (OP-12, OP-13, OP-21): a number, or one of the centre's phones. */
export function PhoneForm({ done, cancel }: PhoneFormProps) {
  const { t } = useTranslation(['banner', 'common']);
  const phone = useMe((me) => me.phone);
  const offered = useMe((me) => me.phoneOffered);
  const lost = useLine().state !== 'live';
  const phones = usePhones();
  const start = phone.kind ? phone : offered;
  const [kind, setKind] = useState<Kind>(start?.kind ?? 'external');
  const [number, setNumber] = useState(start?.number ?? '');
  const [fallback, setFallback] = useState(start?.fallback ?? '');
  const [chosen, setChosen] = useState(start?.account ?? '');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // One that a colleague has taken meanwhile is not chosen any more.
  const account = phones.data?.some(({ id, inUse }) => id === chosen && !inUse) ? chosen : '';

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy || lost) return;
    if (kind === 'external' && checkNumber(number) !== 'ok') {
      setError(t('dial.bad'));
      return;
    }
    if (kind === 'centrex' && account === '') {
      setError(t('phone.pick'));
      return;
    }
    if (kind === 'browser' && fallback.trim() !== '' && checkNumber(fallback) !== 'ok') {
      setError(t('dial.bad'));
      return;
    }
    setBusy(true);
    setError(null);
    const bodyOf = {
      external: () => ({ number: dialled(number) }), centrex: () => ({ account }), browser: () => ({ fallback: dialled(fallback) || null }),
    };
    try {
      await answer(api.PUT('/api/v1/me/phone', { body: { kind, ...bodyOf[kind]() } }));
      done();
    } catch (caught) {
      setError('number' in fieldProblems(caught) || 'fallback' in fieldProblems(caught) ? t('dial.bad') : problemNow(caught));
      void phones.refetch();
    } finally {
      setBusy(false);
    }
  };
  const change = <T,>(set: (value: T) => void) => (value: T): void => {
    set(value);
    setError(null);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          value={kind}
          onChange={change(setKind)}
          data={[{ value: 'browser', label: t('common:phone.browser') }, { value: 'centrex', label: t('phone.centrex') }, { value: 'external', label: t('phone.number') }]}
          aria-label={t('phone.title')}
          classNames={{ label: classes['kind'] ?? '' }}
        />
        {kind === 'browser' && (
          <>
            <Text size="sm">{t('phone.browserText')}</Text>
            <TextInput
              type="tel"
              inputMode="tel"
              autoComplete="tel"
              label={t('phone.fallback')}
              description={t('phone.fallbackHelp')}
              value={fallback}
              onChange={(event) => change(setFallback)(event.currentTarget.value)}
              error={error}
            />
          </>
        )}
        {kind === 'external' && (
          <TextInput
            type="tel"
            inputMode="tel"
            autoComplete="tel"
            label={t('phone.numberLabel')}
            description={t('phone.numberHelp')}
            value={number}
            onChange={(event) => change(setNumber)(event.currentTarget.value)}
            error={error}
          />
        )}
        {kind === 'centrex' && <Centrex phones={phones} chosen={account} choose={change(setChosen)} error={error} />}
        <Group gap="xs">
          <SteadyButton type="submit" size="sm" busy={busy} off={lost}>{t('phone.use')}</SteadyButton>
          {cancel && <Button variant="subtle" size="sm" onClick={cancel}>{t('common:cancel')}</Button>}
        </Group>
      </Stack>
    </form>
  );
}

interface CentrexProps {
  readonly phones: ReturnType<typeof usePhones>;
  readonly chosen: string;
  readonly choose: (id: string) => void;
  readonly error: string | null;
}

function Centrex({ phones: { data, error: failure, isPending, refetch }, chosen, choose, error }: CentrexProps) {
  const { t } = useTranslation(['banner', 'common']);
  if (isPending) return <Skeleton height={64} />;
  if (!data) return <Failure error={failure} retry={() => void refetch()} />;
  if (data.length === 0) return <Text size="sm" c="dimmed" role="status">{t('phone.none')}</Text>;
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
  const named = data.map(({ id, label, number, inUse }) => {
    const name = number === null ? label : `${label} · ${number}`;
    return { value: id, label: inUse ? t('phone.busy', { phone: name }) : name, disabled: inUse };
  });
  return (
    <NativeSelect
      label={t('phone.choose')}
      description={t('phone.chooseHelp')}
      value={chosen}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[{ value: '', label: t('phone.pick'), disabled: true }, ...named.toSorted((a, b) => compare(a.label, b.label))]}
      error={error}
    />
  );
}
