export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" strokeLinecap="round" aria-hidden="true">
      <path d="M4 27c4-2.4 8-2.4 12 0s8 2.4 12 0" stroke="var(--logo-soil)" strokeWidth="2.6" />
      <path d="M4 21.5c4-2.4 8-2.4 12 0s8 2.4 12 0" stroke="#d28311" strokeWidth="2.6" />
      <path d="M16 17V9" stroke="var(--logo-leaf)" strokeWidth="2.6" />
      <path d="M16 10c0-4 3-6.5 8-6.5C24 8 21 10.5 16 10z" fill="var(--logo-leaf)" />
      <path d="M16 14c0-3.4-2.6-5.5-7-5.5C9 12.3 11.6 14.4 16 14z" fill="var(--logo-leaf)" />
    </svg>
  );
}
