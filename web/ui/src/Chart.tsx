// The one place that draws with ECharts; loaded when a page first has a chart. SVG, our own two themes, follows its box.
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, registerTheme, use, type ECharts, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { fontFamily } from './fonts.ts';
import { series, tokens, type Mode } from './tokens.ts';

use([LineChart, BarChart, GridComponent, TooltipComponent, AriaComponent, MarkLineComponent, SVGRenderer]);

for (const mode of ['light', 'dark'] as Mode[]) {
  const t = tokens[mode];
  const axis = {
    axisLine: { lineStyle: { color: t.tertiary } },
    axisTick: { show: false },
    axisLabel: { color: t.secondary, fontFamily, fontSize: 12 },
    splitLine: { lineStyle: { color: t.line } },
  };
  registerTheme(`tilth-${mode}`, {
    color: series[mode],
    backgroundColor: 'transparent',
    textStyle: { fontFamily, color: t.text },
    categoryAxis: axis,
    valueAxis: { ...axis, axisLine: { show: false } },
    tooltip: {
      backgroundColor: t.card, borderColor: t.line, textStyle: { color: t.text, fontFamily, fontSize: 13 },
      axisPointer: { lineStyle: { color: t.tertiary } }, extraCssText: 'box-shadow:none',
    },
  });
}

interface Props { option: EChartsCoreOption; mode: Mode; height: number; label: string; onPick?: (index: number) => void }

export default function Chart({ option, mode, height, label, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const pick = useRef(onPick);
  pick.current = onPick;

  useEffect(() => {
    if (!box.current) return undefined;
    const made = init(box.current, `tilth-${mode}`, { renderer: 'svg' });
    chart.current = made;
    made.on('click', (event) => {
      if (typeof event.dataIndex === 'number') pick.current?.(event.dataIndex);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box.current);
    const print = () => made.resize();
    window.addEventListener('beforeprint', print);
    return () => {
      window.removeEventListener('beforeprint', print);
      observer.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, [mode]);

  useEffect(() => {
    chart.current?.setOption({ animation: false, aria: { enabled: true, label: { description: label } }, ...option }, { notMerge: true });
  }, [option, mode, label]);

  return <div ref={box} style={{ height, width: '100%' }} role="img" aria-label={label} />;
}
