import { useState } from 'react';
import { useT } from '../../i18n';
import { changed, type Values } from '../../lib/manage/fields';
import type { Resource } from '../../lib/manage/resource';
import { useSave } from '../../lib/manage/useSave';
import { notify } from '../../lib/notice';
import { asProblem } from '../../lib/problem';
import { Form, type FieldGroup } from './Form';
import { Versions } from './Versions';
import { valueWords } from './words';

type Item = { id: string; version: number };

/** What a form needs of a list: of the school there is one only, and none is added. */
type Saves<T extends Item, Input extends object, Made extends T> = Pick<
  Resource<T, Input, Made>,
  'name' | 'get' | 'change'
> &
  Partial<Pick<Resource<T, Input, Made>, 'create'>>;

export type EditProps<T extends Item, Input extends object, Made extends T> = {
  resource: Saves<T, Input, Made>;
  groups: FieldGroup[];
  /** Undefined when it is being added. */
  item: T | undefined;
  initial: Values;
  /** From the fields of the form to what the API takes, where they differ. */
  toInput?: (values: Values) => Values;
  toValues?: (item: T) => Values;
  /** What else shows it, besides its own list. */
  outdated?: string[];
  onClose?: () => void;
  onSaved?: (saved: T | Made) => void;
};

function useEdit<T extends Item, Input extends object, Made extends T>(props: EditProps<T, Input, Made>) {
  const { resource, item, initial, onClose, onSaved } = props;
  const t = useT();
  const toInput = props.toInput ?? ((values: Values) => values);
  const toValues: (each: T) => Values = props.toValues ?? ((each) => each);
  const [base, setBase] = useState(item);
  const [mine, setMine] = useState<Values>();
  const [theirs, setTheirs] = useState<T>();
  const shown = mine ?? (base ? toValues(base) : initial);

  const save = useSave<{ values: Values; over: T | undefined }, T | Made | undefined>(
    async ({ values, over }) => {
      if (!over) return resource.create?.(toInput(values) as Input);
      const patch = changed(values, toValues(over));
      if (Object.keys(patch).length === 0) return undefined;
      try {
        return await resource.change(
          over,
          changed(toInput(values), toInput(toValues(over))) as Partial<Input>,
        );
      } catch (error) {
        if (asProblem(error).status === 412) setTheirs(await resource.get(over.id));
        throw error;
      }
    },
    [resource.name, ...(props.outdated ?? [])],
  );
  const send = (values: Values, over: T | undefined) => {
    setMine(values);
    save.mutate(
      { values, over },
      {
        onSuccess: (saved) => {
          notify({ text: t(saved ? 'saved' : 'nothingToSave') });
          setMine(undefined);
          if (saved) setBase(saved);
          onClose?.();
          if (saved) onSaved?.(saved);
        },
      },
    );
  };
  const restart = (with_: T) => {
    save.reset();
    setTheirs(undefined);
    setBase(with_);
  };
  return {
    base,
    mine,
    theirs,
    shown,
    toValues,
    save,
    send,
    restart,
    forget: () => {
      setMine(undefined);
    },
  };
}

/** Adds or changes one thing of a list. Only what was changed is sent, and never over somebody else's change unseen. */
export function EditForm<T extends Item, Input extends object, Made extends T>(
  props: EditProps<T, Input, Made>,
) {
  const { groups, item, onClose } = props;
  const t = useT();
  const { base, mine, theirs, shown, toValues, save, send, restart, forget } = useEdit(props);
  return (
    <>
      {theirs && mine && (
        <div className="mb-4">
          <Versions
            differences={groups
              .flatMap((group) => group.fields)
              .filter((field) => field.name in changed(mine, toValues(theirs)))
              .map((field) => ({
                label: field.label,
                theirs: valueWords(field, toValues(theirs)[field.name], t),
                mine: valueWords(field, mine[field.name], t),
              }))}
            busy={save.isPending}
            onTheirs={() => {
              forget();
              restart(theirs);
            }}
            onMine={() => {
              restart(theirs);
              send(mine, theirs);
            }}
          />
        </div>
      )}
      <Form
        key={`${base?.version ?? 0}`}
        groups={groups}
        initial={shown}
        problem={theirs ? null : save.error}
        busy={save.isPending}
        submit={t(item ? 'save' : 'add')}
        onSubmit={(values) => {
          send(values, base);
        }}
        {...(onClose ? { onCancel: onClose } : {})}
      />
    </>
  );
}
