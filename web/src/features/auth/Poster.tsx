import type { ReactNode } from 'react';

type Props = { title: string; lead: string; children: ReactNode };

/** The pages before the sign-in: a road into the distance, and one form. */
export function Poster({ title, lead, children }: Props) {
  return (
    <div className="mx-auto grid w-full max-w-4xl overflow-hidden rounded-3xl border border-line bg-surface shadow-card md:grid-cols-2">
      <title>{`${title} – Roadbook`}</title>
      <div className="relative h-28 overflow-hidden bg-[#0b5f47] md:h-auto" aria-hidden="true">
        <svg
          viewBox="0 0 400 520"
          preserveAspectRatio="xMidYMax slice"
          className="absolute inset-0 size-full"
        >
          <circle cx="292" cy="120" r="46" fill="#f6bd3b" />
          <path d="M0 250C90 170 150 210 210 180S340 130 400 190V520H0Z" fill="#0d7256" />
          <path d="M0 330C110 250 220 300 400 240V520H0Z" fill="#084a37" />
          <path
            d="M40 560C60 400 330 430 300 320C286 268 210 286 226 236"
            fill="none"
            stroke="#e9efeb"
            strokeWidth="74"
            strokeLinecap="round"
            opacity="0.14"
          />
          <path
            d="M40 560C60 400 330 430 300 320C286 268 210 286 226 236"
            fill="none"
            stroke="#10201a"
            strokeWidth="60"
            strokeLinecap="round"
          />
          <path
            d="M40 560C60 400 330 430 300 320C286 268 210 286 226 236"
            fill="none"
            stroke="#f6bd3b"
            strokeWidth="5"
            strokeDasharray="26 20"
          />
        </svg>
      </div>
      <div className="p-6 sm:p-10">
        <h1 className="text-3xl font-extrabold tracking-tight">{title}</h1>
        <p className="mt-1 mb-6 text-muted">{lead}</p>
        {children}
      </div>
    </div>
  );
}
