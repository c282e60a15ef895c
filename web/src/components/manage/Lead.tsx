import type { ReactNode } from 'react';

// Read by showModal(): otherwise the focus, and with it the scrolling, goes to a button below a long list.
const first = (element: HTMLElement | null) => element?.setAttribute('autofocus', '');

/** The first words of a dialog that has more to read than to fill in. */
export const Lead = ({ children }: { children: ReactNode }) => (
  <p ref={first} tabIndex={-1} className="outline-none">
    {children}
  </p>
);
