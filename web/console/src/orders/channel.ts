// A sales channel in words: the known ones by name, any other as its source writes it.
import { useTranslation } from 'react-i18next';

const known = [
  'till', 'store', 'pos', 'file', 'shop', 'mini_program', 'miniapp', 'douyin_voucher', 'douyin', 'taobao', 'jd', 'pdd', 'youzan', '1688', 'xiaohongshu',
  'wecom', 'oa', 'app', 'live',
] as const;
type Known = (typeof known)[number];
const isKnown = (channel: string): channel is Known => (known as readonly string[]).includes(channel);

export function useChannelName(): (channel: string) => string {
  const { t } = useTranslation('orders');
  return (channel) => (isKnown(channel) ? t(`channels.${channel}`) : channel);
}
