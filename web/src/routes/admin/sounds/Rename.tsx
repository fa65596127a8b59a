import { Modal, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { answer, fieldProblems } from '../../../api/client';
import { problemText } from '../../../ui/problem';
import { ruleText } from '../../../ui/rules';
import { SteadyButton } from '../../../ui/SteadyButton';
import { said } from '../../../ui/toast';
import { sounds, type Sound } from '../parts/kinds';
import { took } from '../parts/resource';
import { first, length, oneLine, required } from '../parts/rules';

const rule = first(required, oneLine, length(100));

/** Gives a sound another name. */
export function Rename({ sound, close }: { readonly sound: Sound; readonly close: () => void }) {
  const { t } = useTranslation(['admin', 'common']);
  const words = useTranslation().t;
  const queries = useQueryClient();
  const [name, setName] = useState(sound.name);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    const broken = rule(name);
    if (broken !== undefined) {
      setError(ruleText(words, broken));
      return;
    }
    setBusy(true);
    try {
      took(queries, sounds.name, await answer(sounds.change(sound.id, { name: name.trim() }, {})));
      said(t('form.saved'));
      close();
    } catch (refusal) {
      const wrong = fieldProblems(refusal)['name'];
      setError(wrong === undefined ? problemText(words, refusal) : ruleText(words, wrong));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={close} centered title={t('sounds.rename', { name: sound.name })} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t('sounds.name')}
            description={t('sounds.nameHelp')}
            inputWrapperOrder={['label', 'input', 'error', 'description']}
            required
            data-autofocus
            autoComplete="off"
            value={name}
            error={error !== '' && error}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setError('');
            }}
          />
          <SteadyButton type="submit" busy={busy} off={name.trim() === sound.name}>{t('common:save')}</SteadyButton>
        </Stack>
      </form>
    </Modal>
  );
}
