// A small panel under a button of the top bar: closes on Esc, on a press outside and when the page changes.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'react-router';

interface Props { label: string; title?: string; icon: ReactNode; children: (close: () => void) => ReactNode }

export function Popup({ label, title, icon, children }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  useEffect(() => {
    if (!open) return undefined;
    const press = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      box.current?.querySelector('button')?.focus();
    };
    document.addEventListener('pointerdown', press);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('pointerdown', press);
      document.removeEventListener('keydown', key);
    };
  }, [open]);
  return (
    <span ref={box} className="popup-anchor">
      <button type="button" className="icon-button" aria-label={label} title={title} aria-expanded={open} onClick={() => setOpen(!open)}>{icon}</button>
      {open && <div className="popup card" role="group" aria-label={title ?? label}>{children(() => setOpen(false))}</div>}
    </span>
  );
}
