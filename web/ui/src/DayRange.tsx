// A range of inclusive days with the usual presets.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { presets, range } from './time.ts';
import { useFormat, useViewer } from './viewer.tsx';

interface Props {
  label: string;
  from: string;
  to: string;
  onChange: (from: string, to: string) => void;
  required?: boolean;
}

const day = (text: string) => (text ? dayjs(text) : null);

export default function DayRange({ label, from, to, onChange, required }: Props) {
  const { t } = useTranslation('ui');
  const { phone } = useViewer();
  const today = useFormat().today();
  const choices = presets.map((name) => {
    const found = range(name, today);
    return { label: t(`preset.${name}`), value: [dayjs(found.from), dayjs(found.to)] as [dayjs.Dayjs, dayjs.Dayjs] };
  });
  return (
    <DatePicker.RangePicker className="grows" aria-label={label} allowClear={!required} presets={phone ? undefined : choices}
      inputReadOnly={phone} value={[day(from), day(to)]} format="YYYY-MM-DD" placeholder={[t('from'), t('to')]}
      onChange={(_, texts) => {
        const [first = '', last = ''] = texts ?? [];
        if (first && last) onChange(first, last);
        else if (!required) onChange('', '');
      }} />
  );
}
