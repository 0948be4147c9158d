// Views of a list as tabs: a row of buttons, arrows move between them.
interface Props<T extends string> { label: string; value: T; options: { value: T; label: string }[]; onChange: (value: T) => void }

export function ViewTabs<T extends string>({ label, value, options, onChange }: Props<T>) {
  const move = (event: React.KeyboardEvent, index: number) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = options[(index + step + options.length) % options.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    onChange(next.value);
    (event.currentTarget.parentElement?.children[options.indexOf(next)] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className="view-tabs no-print" role="tablist" aria-label={label}>
      {options.map((option, index) => (
        <button key={option.value} type="button" role="tab" aria-selected={option.value === value} tabIndex={option.value === value ? 0 : -1}
          onClick={() => onChange(option.value)} onKeyDown={(event) => move(event, index)}>
          {option.label}
        </button>
      ))}
    </div>
  );
}
