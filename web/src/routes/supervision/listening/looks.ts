import { IconEar, IconMessageCircle, IconUsers, type Icon } from '@tabler/icons-react';

import type { Mode } from './mine';

export const modeIcons: Readonly<Record<Mode, Icon>> = { listen: IconEar, whisper: IconMessageCircle, join: IconUsers };
