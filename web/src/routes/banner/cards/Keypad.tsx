import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { refused } from '../../../ui/toast';
import { sendDigit } from '../state/actions';
import classes from './Keypad.module.css';
import { keypadKeys, keypadKey } from '../state/keypad';

/** Digits for the other side; typed or clicked, sent one after the other. */
export function Keypad({ call }: { readonly call: string }) {
  const { t } = useTranslation(['banner', 'common']);
  const [sent, setSent] = useState('');
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);

  const press = useCallback((key: string): void => {
    queue.current = queue.current.then(() => sendDigit(call, key)).then(() => setSent((before) => (before + key).slice(-24)), refused);
  }, [call]);
  const type = (event: KeyboardEvent): void => {
    const key = keypadKey(event);
    if (key === null) return;
    event.preventDefault();
    event.stopPropagation();
    press(key);
  };
  return (
    // The keys are the buttons; typing digits works while one of them has the focus.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={classes['pad']} onKeyDown={type}>
      <output className={classes['sent']} aria-label={t('card.sent')}>{sent || '\u00A0'}</output>
      <div className={classes['keys']} role="group" aria-label={t('card.keypad')}>
        {keypadKeys.map((key) => (
          <button key={key} ref={key === '1' ? first : null} type="button" className={classes['key']} onClick={() => press(key)}>{key}</button>
        ))}
      </div>
    </div>
  );
}
