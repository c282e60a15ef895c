import type { ReactNode } from 'react';

/** A day, or on a board a day of one instructor or vehicle: its owner. */
export type Column = {
  key: string;
  title: ReactNode;
  /** In words, for who hears where a lesson stands. */
  name: string;
  date: string;
  owner?: string;
};

export type Tone = 'booked' | 'requested' | 'done' | 'missed';

export type GridEvent = {
  id: string;
  start: string;
  end: string;
  owner: string;
  /** Minutes kept free around it. */
  before: number;
  after: number;
  tone: Tone;
  title: string;
  detail: string;
  /** In words what the look says: "Requested". */
  mark: string | undefined;
  movable: boolean;
};

/** What stands in the way and is no lesson: time off, a closure. Without an owner it is everybody's. */
export type Block = {
  id: string;
  start: string;
  end: string;
  label: string;
  owner?: string;
  /** In a calendar that is not kept here. */
  isElsewhere?: boolean;
};

export type Range = { from: number; to: number };

/** Where an event would go: minutes on the wall of a column. */
export type Proposal = { id: string; column: number; from: number; to: number; how: 'move' | 'resize' };

export type Spot = { column: number; from: number };

/** An event or block with its place in the columns. */
export type Placed<T> = { item: T; column: number; from: number; to: number };
