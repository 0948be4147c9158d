// Keys of the whole console: Ctrl K and / open the palette, g and a letter a page, ? this list.
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { isComposing } from 'ui/hooks.ts';
import { useViewer } from 'ui/viewer.tsx';
import { pages } from '../routes.tsx';

interface Actions { openPalette: () => void; openHelp: () => void }

const inField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], [role="dialog"]') !== null;

export function useShortcuts(actions: Actions): void {
  const navigate = useNavigate();
  const { permissions } = useViewer();
  const going = useRef(0);
  const latest = useRef(actions);
  latest.current = actions;

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isComposing(event)) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
      if (event.key === '/') {
        event.preventDefault();
        latest.current.openPalette();
      } else if (event.key === '?') {
        latest.current.openHelp();
      } else if (event.key === 'g') {
        going.current = event.timeStamp;
      } else if (event.timeStamp - going.current < 1200) {
        going.current = 0;
        const page = pages.find((one) => one.letter === event.key && permissions.has(one.permission));
        if (page) void navigate(page.path);
      }
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [navigate, permissions]);
}
