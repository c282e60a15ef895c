import type { Schema } from './api';

/** "12 Mill Lane, RB1 2AB". */
export function placeWords(places: Schema['Place'][] | undefined, id: string | null): string | undefined {
  const place = places?.find((each) => each.id === id);
  return place && [place.text, place.postcode].filter(Boolean).join(', ');
}
