import type { ReactNode } from 'react';

type Props = { title: string; lead: string; children: ReactNode };

/** The pages before the sign-in: a road into the distance, and one form. */
export function Poster({ title, lead, children }: Props) {
  return (
    <div className="mx-auto grid w-full max-w-4xl overflow-hidden rounded-3xl border border-line bg-surface shadow-card md:grid-cols-2">
      <title>{`${title} – Roadbook`}</title>
      <div className="relative h-28 overflow-hidden bg-[#0b5f47] md:h-auto" aria-hidden="true">
        <svg
          viewBox="0 -40 400 520"
          preserveAspectRatio="xMidYMid slice"
          className="absolute inset-0 size-full"
        >
          <rect y="-40" width="400" height="520" fill="#0f7a5c" />
          <circle cx="296" cy="196" r="44" fill="#f6bd3b" />
          <path d="M0 226C80 168 140 222 214 206S340 172 400 214V520H0Z" fill="#0b6a50" />
          <path d="M0 286C120 226 220 268 400 232V520H0Z" fill="#084a37" />
          <path
            d="M-30 520C40 410 292 392 226 306C206 282 190 272 206 250L212 250C204 270 226 278 256 302C356 388 190 420 216 520Z"
            fill="#10201a"
          />
          <path
            d="M96 520C130 414 324 398 241 304C220 282 198 272 209 250"
            fill="none"
            stroke="#f6bd3b"
            strokeWidth="4"
            strokeDasharray="20 16"
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
