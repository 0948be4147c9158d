// Ant Design in our colours. What it derives from a dark green by itself is grey, so those are set by hand.
import { theme as antd, type ThemeConfig } from 'antd';
import { fontFamily } from './fonts.ts';
import { tokens, type Mode } from './tokens.ts';

export function themeOf(mode: Mode, phone: boolean): ThemeConfig {
  const t = tokens[mode];
  return {
    algorithm: mode === 'dark' ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      fontFamily,
      fontSize: 14,
      borderRadius: 6,
      controlHeight: phone ? 44 : 32,
      wireframe: false,
      motionDurationFast: '120ms',
      motionDurationMid: '120ms',
      motionDurationSlow: '180ms',
      colorPrimary: t.primary,
      colorPrimaryHover: t.primaryHover,
      colorPrimaryActive: t.primaryActive,
      colorPrimaryBg: t.selected,
      colorPrimaryBgHover: t.selectedHover,
      colorLink: t.link,
      colorLinkHover: t.primaryHover,
      colorLinkActive: t.primaryActive,
      colorSuccess: t.ok,
      colorWarning: t.warn,
      colorError: t.error,
      colorInfo: t.link,
      colorText: t.text,
      colorTextSecondary: t.secondary,
      colorTextTertiary: t.tertiary,
      colorTextPlaceholder: t.placeholder,
      colorTextDescription: t.tertiary,
      colorBgLayout: t.layout,
      colorBgContainer: t.card,
      colorBgElevated: t.card,
      colorBorder: mode === 'dark' ? '#3a413e' : '#cfd4d0',
      colorBorderSecondary: t.line,
      colorSplit: t.line,
      controlItemBgActive: t.selected,
      controlItemBgActiveHover: t.selectedHover,
    },
    components: {
      Table: {
        headerBg: t.head,
        headerColor: t.secondary,
        headerSplitColor: 'transparent',
        cellPaddingBlockSM: 7,
        cellPaddingInlineSM: 10,
        rowHoverBg: t.head,
        borderColor: t.line,
      },
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
      Tabs: { itemSelectedColor: t.link, itemHoverColor: t.link, inkBarColor: t.primary, horizontalItemPadding: '8px 0', horizontalMargin: '0 0 12px 0' },
      Segmented: { itemSelectedBg: t.card, trackBg: mode === 'dark' ? '#0f1211' : '#eceeeb' },
    },
  };
}
