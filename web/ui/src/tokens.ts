// Colours of the product, once. CSS takes them as variables (applyTokens), Ant Design and ECharts as values.
export type Mode = 'light' | 'dark';

export interface Tokens {
  layout: string;
  card: string;
  head: string;
  line: string;
  text: string;
  secondary: string;
  tertiary: string;
  placeholder: string;
  primary: string;
  primaryHover: string;
  primaryActive: string;
  link: string;
  selected: string;
  selectedHover: string;
  ok: string;
  warn: string;
  error: string;
  onPrimary: string;
}

export const tokens: Record<Mode, Tokens> = {
  light: {
    layout: '#f5f6f4', card: '#ffffff', head: '#f7f8f6', line: '#e6e8e4',
    text: '#1c2321', secondary: '#57605c', tertiary: '#666e6a', placeholder: '#707874',
    primary: '#1f7a5c', primaryHover: '#2b8f6d', primaryActive: '#155f46', link: '#17694e',
    selected: '#e8f3ee', selectedHover: '#d5e9df', ok: '#2c7a43', warn: '#8f5a00', error: '#c8322b',
    onPrimary: '#ffffff',
  },
  dark: {
    layout: '#0f1211', card: '#16191b', head: '#1c2022', line: '#262b29',
    text: '#e6e9e7', secondary: '#a9b1ad', tertiary: '#949c98', placeholder: '#848c88',
    primary: '#26805f', primaryHover: '#2f9a73', primaryActive: '#1e684d', link: '#4fc59a',
    selected: '#14271f', selectedHover: '#1b3a2f', ok: '#6cc58a', warn: '#e0a44a', error: '#f0857e',
    onPrimary: '#ffffff',
  },
};

export type Tone = 'progress' | 'active' | 'warn' | 'danger' | 'neutral';

export const tones: Record<Mode, Record<Tone, { ink: string; ground: string }>> = {
  light: {
    progress: { ink: '#23418c', ground: '#e9eefb' },
    active: { ink: '#1d6340', ground: '#e6f4ec' },
    warn: { ink: '#7a4c00', ground: '#fcf1dc' },
    danger: { ink: '#a3261f', ground: '#fdebe9' },
    neutral: { ink: '#4d5551', ground: '#eef0ed' },
  },
  dark: {
    progress: { ink: '#a9c2fa', ground: '#1b2744' },
    active: { ink: '#7fd6a4', ground: '#14301f' },
    warn: { ink: '#efbd6d', ground: '#36270d' },
    danger: { ink: '#f6a09a', ground: '#3d1a18' },
    neutral: { ink: '#b9c0bc', ground: '#272c2a' },
  },
};

// The order is fixed; what is beyond six is "other".
export const series: Record<Mode, string[]> = {
  light: ['#1f7a5c', '#d28311', '#274896', '#de368c', '#0e92c3', '#5e3437'],
  dark: ['#4fc59a', '#eb891e', '#3878ed', '#a34b97', '#9fd8fd', '#fee2a9'],
};
export const other = '#9aa19d';

export const sequential: Record<Mode, string[]> = {
  light: ['#eef6f2', '#cfe6dc', '#9fcdb9', '#5fa98b', '#2d7f62', '#14543d'],
  dark: ['#17251f', '#1d3a2e', '#245a47', '#2d7f62', '#55b592', '#a5e6cd'],
};

// Ink that reads on step `index` of the sequential scale.
export function inkOn(mode: Mode, index: number): string {
  if (mode === 'light') return index >= 4 ? '#ffffff' : tokens.light.text;
  if (index >= 4) return '#0f1211';
  return index === 3 ? '#ffffff' : tokens.dark.text;
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export function applyTokens(mode: Mode, root: HTMLElement): void {
  root.dataset.theme = mode;
  root.style.colorScheme = mode;
  for (const [name, value] of Object.entries(tokens[mode])) root.style.setProperty(`--${dashed(name)}`, value);
  for (const [name, tone] of Object.entries(tones[mode])) {
    root.style.setProperty(`--${name}-ink`, tone.ink);
    root.style.setProperty(`--${name}-ground`, tone.ground);
  }
  series[mode].forEach((colour, index) => root.style.setProperty(`--series-${index + 1}`, colour));
  sequential[mode].forEach((colour, index) => root.style.setProperty(`--seq-${index}`, colour));
}
