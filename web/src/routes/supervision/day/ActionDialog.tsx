import { Button, Group, Modal, NativeSelect, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../i18n';
import type { FloorOperator } from '../../../live/floor';
import { SteadyButton } from '../../../ui/SteadyButton';
import { refused, said } from '../../../ui/toast';
import { pauseName, pausesQuery } from '../pauses';
import { act, busy, type Act } from './actions';

interface ActionDialogProps {
  readonly operator: FloorOperator;
  readonly asked: Act;
  readonly close: () => void;
}

/** Says what an action will do, and does it when that is confirmed. */
export function ActionDialog({ operator, asked, close }: ActionDialogProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const types = useQuery(pausesQuery);
  const language = currentLanguage();
  const pauses = (types.data ?? []).filter((type) => pauseName(type, language) !== '').sort((a, b) => a.order - b.order);
  const [chosen, choose] = useState('');
  const [running, setRunning] = useState(false);
  const { action } = asked;
  const pauseType = chosen || (pauses.find((type) => !type.login) ?? pauses[0])?.id || '';
  const names = { name: operator.fullName, group: asked.group?.name ?? '' };

  const run = async (): Promise<void> => {
    setRunning(true);
    try {
      // What has become of him is told by the stream: this answer may be older than what it has already told.
      await act(operator.id, asked, pauseType);
      said(t(`done.${action}`, names));
      void queries.invalidateQueries({ queryKey: ['day', operator.id] });
      close();
    } catch (error) {
      refused(error);
      setRunning(false);
    }
  };

  return (
    <Modal opened onClose={close} title={t(`ask.${action}`, names)} closeButtonProps={{ 'aria-label': common('close') }} centered>
      <form onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
      >
        <Stack>
          <Text size="sm">{busy(operator) && (action === 'pause' || action === 'logout') ? t(`effectInCall.${action}`, names) : t(`effect.${action}`, names)}</Text>
          {action === 'pause' && (
            <NativeSelect
              label={t('pauseType')}
              data-autofocus
              value={pauseType}
              onChange={(event) => choose(event.currentTarget.value)}
              data={pauses.map((type) => ({ value: type.id, label: pauseName(type, language) }))}
            />
          )}
          <Text size="xs" c="dimmed">{t('recorded')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{common('cancel')}</Button>
            <SteadyButton
              type="submit"
              busy={running}
              off={action === 'pause' && pauseType === ''}
              {...(action === 'release' || action === 'logout' ? { color: 'red.8' } : {})}
            >
              {t(`action.${action}`)}
            </SteadyButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
