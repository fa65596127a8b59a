import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api, fieldProblems, Problem } from '../../../api/client';
import { problemNow } from '../../../ui/problem';
import { checkNumber, dialled } from '../state/number';
import { givenPhone, lastPhone, rememberPhone } from '../state/phone';
import { useLine, useMe } from '../state/post';

interface PhoneFormProps {
  readonly done: () => void;
  readonly cancel?: () => void;
}

type Kind = 'external' | 'centrex';

/** Which phone his calls ring on (OP-12, OP-13): a number, or the Centrex phone he has or had here. */
export function PhoneForm({ done, cancel }: PhoneFormProps) {
  const { t } = useTranslation(['banner', 'common']);
  const id = useMe((me) => me.id);
  const phone = useMe((me) => me.phone);
  const lost = useLine().state !== 'live';
  const [last] = useState(() => lastPhone(id));
  // An operator does not see the list of accounts: his is the one on record, or given before.
  const account = phone.account ?? (last?.kind === 'centrex' ? last.account : null);
  const start = givenPhone(phone) ?? last;
  const [kind, setKind] = useState<Kind>(start?.kind === 'centrex' && account ? 'centrex' : 'external');
  const [number, setNumber] = useState(start?.kind === 'external' ? start.number : '');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const check = checkNumber(number);
    if (kind === 'external' && check !== 'ok') {
      setError(check);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const body = kind === 'external' ? { kind, number: dialled(number), account: null } : { kind, account, number: null };
      const me = await answer(api.PUT('/api/v1/me/phone', { body }));
      rememberPhone(me.id, me.phone);
      done();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const refusedNumber = typeof error === 'string' || 'number' in fieldProblems(error);
  const message = error === null ? null : refusedNumber ? t('dial.bad') : error instanceof Problem ? problemNow(error) : t('dial.bad');
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        {account && (
          <SegmentedControl
            fullWidth
            value={kind}
            onChange={(value) => setKind(value)}
            data={[{ value: 'centrex', label: t('common:phone.centrex') }, { value: 'external', label: t('phone.number') }]}
            aria-label={t('phone.title')}
          />
        )}
        {kind === 'external' ? (
          <TextInput
            type="tel"
            inputMode="tel"
            autoComplete="tel"
            label={t('phone.numberLabel')}
            description={t('phone.numberHelp')}
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
            error={message}
          />
        ) : (
          <>
            <Text size="sm" c="dimmed">{t('phone.centrexHelp')}</Text>
            {message && <Text size="sm" c="var(--mantine-color-error)" role="alert">{message}</Text>}
          </>
        )}
        <Group gap="xs">
          <Button type="submit" size="sm" loading={busy} disabled={lost}>{t('phone.use')}</Button>
          {cancel && <Button variant="subtle" size="sm" onClick={cancel}>{t('common:cancel')}</Button>}
        </Group>
      </Stack>
    </form>
  );
}
