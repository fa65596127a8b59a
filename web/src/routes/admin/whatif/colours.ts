export type Scheme = 'light' | 'dark';

/** The strokes of the drawing. */
export const colours = {
  light: { simulated: '#0b6e6e', recorded: '#8a5a00', ink: '#495057', line: '#e6e9ec' },
  dark: { simulated: '#4cb0b1', recorded: '#ffb454', ink: '#c9cdd2', line: '#34383d' },
} as const satisfies Record<Scheme, Record<string, string>>;
