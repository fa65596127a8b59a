import { useTranslation } from 'react-i18next';

import type { Trunk } from '../parts/kinds';
import { Sign } from '../parts/Sign';

const tones = { up: 'good', silent: 'waiting', down: 'bad', disabled: 'off' } as const;

export function TrunkState({ state }: Pick<Trunk, 'state'>) {
  const { t } = useTranslation('admin');
  return <Sign tone={tones[state]}>{t(`trunks.states.${state}`)}</Sign>;
}
