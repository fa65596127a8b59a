import type { Icon } from '@tabler/icons-react';

import classes from './Choice.module.css';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly icon?: Icon }[];
  readonly choose: (value: Value) => void;
}

/** Two or three ways to see the same thing, one of which is pressed. */
export function Choice<Value extends string>({ label, value, options, choose }: ChoiceProps<Value>) {
  return (
    <div className={classes['choice']} role="group" aria-label={label}>
      {options.map(({ value: option, label: text, icon: OptionIcon }) => (
        <button key={option} type="button" className={classes['option']} aria-pressed={option === value} onClick={() => choose(option)}>
          {OptionIcon && <OptionIcon aria-hidden className={classes['icon']} />}
          <span>{text}</span>
        </button>
      ))}
    </div>
  );
}
