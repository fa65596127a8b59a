import { Button, Group, Modal, NativeSelect, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, api } from '../../../api/client';
import { currentLanguage } from '../../../i18n';
import { useValue } from '../../../live/value';
import { Browser } from '../../../phone/browser';
import type { Platform } from '../../../phone/platform';
import { Failure } from '../../../ui/States';
import { Choice } from '../Choice';
import type { Mode } from './mine';
import { chooseListenPhone, listenPhone, type ListenPhone } from './phones';

interface ListenDialogProps {
  readonly name: string;
  /** What is to be done once it is chosen; null: nothing. */
  readonly mode: Mode | null;
  readonly chosen: (phone: ListenPhone) => void;
  readonly close: () => void;
}

const kinds = ['browser', 'centrex', 'external'] as const satisfies readonly ListenPhone['kind'][];
// What may stand in a number as people write it; the server reads it.
const written = /^(?=(?:\D*\d){2})[\d\s.()+*#/-]+$/;

/** On which phone he hears calls: asked once, and kept. */
export function ListenDialog({ name, mode, chosen, close }: ListenDialogProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const kept = useValue(listenPhone);
  const [obstacle] = useState<Platform['obstacle']>(() => new Browser().obstacle);
  const [kind, setKind] = useState<ListenPhone['kind']>(kept?.kind ?? (obstacle ? 'centrex' : 'browser'));
  const [account, setAccount] = useState(kept?.kind === 'centrex' ? kept.account : '');
  const [number, setNumber] = useState(kept?.kind === 'external' ? kept.number : '');
  const [error, setError] = useState<string | null>(null);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (kind === 'browser' && obstacle) return;
    if (kind === 'centrex' && account === '') setError(t('listening.pick'));
    else if (kind === 'external' && !written.test(number.trim())) setError(t('calls.badNumber'));
    else {
      const phone: ListenPhone = kind === 'browser' ? { kind } : kind === 'centrex' ? { kind, account } : { kind, number: number.trim() };
      chooseListenPhone(phone);
      chosen(phone);
    }
  };
  const choose = <T,>(set: (value: T) => void) => (value: T): void => {
    set(value);
    setError(null);
  };
  return (
    <Modal opened onClose={close} title={mode ? t(`listening.ask.${mode}`, { name }) : t('listening.phone')} closeButtonProps={{ 'aria-label': common('close') }} centered>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text size="sm">{t('listening.where')}</Text>
          <div>
            <Choice
              label={t('listening.phone')}
              value={kind}
              options={kinds.map((value) => ({ value, label: t(`listening.kind.${value}`) }))}
              choose={choose(setKind)}
            />
          </div>
          {kind === 'browser' && <Text size="sm" c={obstacle ? 'var(--mantine-color-error)' : 'dimmed'}>{t(`listening.browser.${obstacle ?? 'text'}`)}</Text>}
          {kind === 'centrex' && <Centrex chosen={account} choose={choose(setAccount)} error={error} />}
          {kind === 'external' && (
            <TextInput
              type="tel" inputMode="tel" autoComplete="tel" label={t('calls.number')} description={t('listening.numberHelp')}
              value={number} onChange={(event) => choose(setNumber)(event.currentTarget.value)} error={error}
            />
          )}
          {mode && <Text size="xs" c="dimmed">{t('recorded')}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{common('cancel')}</Button>
            <Button type="submit" disabled={kind === 'browser' && obstacle !== null}>{mode ? t(`listening.do.${mode}`) : t('listening.keep')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface CentrexProps {
  readonly chosen: string;
  readonly choose: (id: string) => void;
  readonly error: string | null;
}

function Centrex({ chosen, choose, error }: CentrexProps) {
  const { t } = useTranslation('supervision');
  const { data, error: failure, isPending, refetch } = useQuery({
    queryKey: ['floor-phones'],
    queryFn: async () => (await answer(api.GET('/api/v1/floor/phones'))).items,
    gcTime: 0,
  });
  if (isPending) return <Skeleton height={64} />;
  if (!data) return <Failure error={failure} retry={() => void refetch()} />;
  if (data.length === 0) return <Text size="sm" c="dimmed" role="status">{t('listening.noPhones')}</Text>;
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
  const named = data.map(({ id, label, number, inUse }) => {
    const phone = number === null ? label : `${label} · ${number}`;
    return { value: id, label: inUse ? t('listening.busy', { phone }) : phone, disabled: inUse };
  });
  return (
    <NativeSelect
      label={t('listening.kind.centrex')}
      value={data.some(({ id, inUse }) => id === chosen && !inUse) ? chosen : ''}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[{ value: '', label: t('listening.pick'), disabled: true }, ...named.toSorted((a, b) => compare(a.label, b.label))]}
      error={error}
    />
  );
}
