const waiting = new Set<HTMLElement>();

function scroll() {
  const rows = [...waiting].map((chosen) => ({ chosen, row: chosen.parentElement }));
  waiting.clear();
  // All is measured before anything moves: the page is laid out once.
  const moves = rows.flatMap(({ chosen, row }) =>
    row && row.scrollWidth > row.clientWidth
      ? [{ row, left: chosen.offsetLeft - row.clientWidth / 2 + chosen.clientWidth / 2 }]
      : [],
  );
  for (const { row, left } of moves) row.scrollLeft = left;
}

/** Scrolls what is chosen into sight in its row on a phone, without moving the page, before the page is painted. */
export function intoSight(chosen: HTMLElement | null) {
  if (!chosen) return;
  if (waiting.size === 0) requestAnimationFrame(scroll);
  waiting.add(chosen);
}
