// A line without axes, drawn as plain SVG: never a chart instance. Days without a value are passed over.
export function Sparkline({ values, height = 26 }: { values: (number | null)[]; height?: number }) {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return <div style={{ height }} />;
  const least = Math.min(...known);
  const span = Math.max(...known) - least || 1;
  const step = 100 / (values.length - 1);
  const points: string[] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const y = 2 + (1 - (value - least) / span) * (height - 4);
    points.push(`${points.length === 0 ? 'M' : 'L'}${(index * step).toFixed(2)} ${y.toFixed(2)}`);
  });
  return (
    <svg className="spark" viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={points.join('')} fill="none" stroke="var(--series-1)" strokeWidth="1.6" vectorEffect="non-scaling-stroke"
        strokeLinejoin="round" />
    </svg>
  );
}
