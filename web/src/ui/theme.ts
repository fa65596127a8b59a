import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

// The colour of the product: calm, and apart from the colours of states.
const lagoon: MantineColorsTuple = [
  '#e8f7f7', '#d3ebeb', '#a5d7d7', '#74c2c3', '#4cb0b1', '#33a5a6', '#1f9fa1', '#0b7f81', '#0b6e6e', '#005b5c',
];

export const theme = createTheme({
  primaryColor: 'lagoon',
  primaryShade: { light: 8, dark: 7 },
  colors: { lagoon },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "Noto Sans Mono", "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
  components: {
    // An element without a role is no child of a menu; without it the menu itself has the focus at first.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
  },
});

// The library's dimmed, red and orange texts have too little contrast in light colours for WCAG AA.
export const variables: CSSVariablesResolver = (t) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': t.colors.gray[7],
    '--mantine-color-error': t.colors.red[9],
    '--mantine-color-placeholder': t.colors.gray[7],
    '--mantine-color-orange-light-color': '#9a3412',
    '--bandeau-ground': '#f4f6f7',
    '--bandeau-card': '#ffffff',
    '--bandeau-line': t.colors.gray[3],
  },
  dark: {
    '--mantine-color-dimmed': t.colors.dark[1],
    '--mantine-color-error': t.colors.red[4],
    '--mantine-color-placeholder': t.colors.dark[2],
    '--bandeau-ground': '#16181b',
    '--bandeau-card': '#1f2226',
    '--bandeau-line': t.colors.dark[4],
  },
});
