import { useId, type ReactNode } from 'react';

type Props = { title: string; onClose: () => void; wide?: boolean; children: ReactNode };

const open = (dialog: HTMLDialogElement) => {
  if (!dialog.open) dialog.showModal();
  // One that is only taken away keeps the focus to itself.
  return () => {
    dialog.close();
  };
};

/** Shown while it is rendered. The browser's own dialog keeps focus inside and gives it back. */
export function Dialog({ title, onClose, wide = false, children }: Props) {
  const heading = useId();
  return (
    <dialog
      ref={open}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={`m-auto max-h-[90dvh] overflow-y-auto rounded-2xl border border-line bg-surface p-4 text-ink shadow-card sm:p-6 ${wide ? 'w-[min(46rem,calc(100vw-1rem))]' : 'w-[min(28rem,calc(100vw-2rem))]'}`}
    >
      <h2 id={heading} className="mb-3 text-2xl font-bold tracking-tight">
        {title}
      </h2>
      {children}
    </dialog>
  );
}
