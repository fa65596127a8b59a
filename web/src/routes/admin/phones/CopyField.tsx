import { ActionIcon, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import fields from '../parts/fields.module.css';

interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  readonly help?: string;
}

/** A value to be taken elsewhere. Where the browser lets no page copy (plain HTTP), it is chosen for Ctrl+C. */
export function CopyField({ label, value, help }: CopyFieldProps) {
  const { t } = useTranslation('admin');
  const input = useRef<HTMLInputElement>(null);
  const [news, setNews] = useState<'copied' | 'marked'>();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      setNews('copied');
    } catch {
      input.current?.select();
      setNews('marked');
    }
  };
  const Sign = news === 'copied' ? IconCheck : IconCopy;
  return (
    <TextInput
      ref={input}
      label={label}
      description={news === 'marked' ? t('phones.marked') : help}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      value={value}
      readOnly
      classNames={{ input: fields['mono'] ?? '' }}
      onFocus={(event) => event.currentTarget.select()}
      rightSection={(
        <ActionIcon variant="subtle" aria-label={news === 'copied' ? t('phones.copied', { field: label }) : t('phones.copy', { field: label })} onClick={() => void copy()}>
          <Sign size={18} aria-hidden />
        </ActionIcon>
      )}
    />
  );
}
