/** Scrolls what is chosen into sight in its row on a phone, without moving the page. */
export function intoSight(chosen: HTMLElement | null) {
  const row = chosen?.parentElement;
  if (!chosen || !row || row.scrollWidth <= row.clientWidth) return;
  row.scrollLeft = chosen.offsetLeft - row.clientWidth / 2 + chosen.clientWidth / 2;
}
