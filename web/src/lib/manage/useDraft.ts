import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { notify } from '../notice';
import { useSave } from './useSave';

type Versioned<Items> = { items: Items; version: number };
type Edit<Items> = { items: Items; from: Items; over: number };

type Options<Items, Answer> = {
  saved: UseQueryResult<Versioned<Items>>;
  empty: Items;
  same: (a: Items, b: Items) => boolean;
  put: (items: Items, version: number) => Promise<Answer>;
  outdated: string[];
  onSaved: (answer: Answer) => void;
};

/** What is replaced as a whole, while it is being changed. Over somebody else's change only after both were shown. */
export function useDraft<Items, Answer>(options: Options<Items, Answer>) {
  const { saved, empty, same, put, outdated, onSaved } = options;
  const [edit, setEdit] = useState<Edit<Items>>();
  const save = useSave(({ items, over }: Edit<Items>) => put(items, over), outdated);
  const theirs = saved.data?.items ?? empty;
  const items = edit?.items ?? theirs;
  const version = saved.data?.version ?? 1;
  // The version may have moved on for something else that it also counts.
  const over = !edit || same(edit.from, theirs) ? version : edit.over;
  const send = (at: number) => {
    save.mutate(
      { items, from: theirs, over: at },
      {
        onSuccess: (answer) => {
          setEdit(undefined);
          onSaved(answer);
        },
      },
    );
  };
  return {
    items,
    theirs,
    save,
    isStale: save.error?.status === 412,
    isChanged: edit !== undefined && !same(items, theirs),
    set: (next: Items) => {
      // What was said of the last change would lie over the button that saves this one.
      notify(undefined);
      setEdit({ items: next, from: edit?.from ?? theirs, over: edit?.over ?? version });
    },
    saveAll: () => {
      send(over);
    },
    saveOver: () => {
      send(version);
    },
    discard: () => {
      setEdit(undefined);
      save.reset();
    },
  };
}
