import { Alert } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { cautions, type Caution, type Choices } from './cautions';
import classes from './operators.module.css';

interface CautionedProps {
  readonly values: Choices;
  /** The cautions that belong beneath this field. */
  readonly about: readonly Caution[];
  /** True at one of the fields only: what is shown at two is said once. */
  readonly said?: boolean;
  readonly children: ReactNode;
}

/** A field with a warning beneath it while its choice works against another one. It is said when it appears, and refuses nothing. */
export function Cautioned({ values, about, said = false, children }: CautionedProps) {
  const { t } = useTranslation('admin');
  const found = cautions(values).filter((caution) => about.includes(caution));
  return (
    <div>
      {children}
      <div className={classes['caution']} {...(said && { role: 'status' })}>
        {found.map((caution) => (
          <Alert key={caution} role="note" color="orange" icon={<IconInfoCircle aria-hidden />} py="xs">{t(`operators.caution.${caution}`)}</Alert>
        ))}
      </div>
    </div>
  );
}
