import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { AffectedDialog } from '../../components/manage/AffectedDialog';
import { EditDialog } from '../../components/manage/EditDialog';
import type { FieldGroup } from '../../components/manage/Form';
import { ListPage, Row, RowAction } from '../../components/manage/ListPage';
import { RemoveDialog } from '../../components/manage/RemoveDialog';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import type { Values } from '../../lib/manage/fields';
import { closures } from '../../lib/manage/resource';
import { meQuery } from '../../lib/queries';
import { addDays, daysBetween, longDate, shortDate, todayIn } from '../../lib/time';

type Closure = Schema['Closure'];
type Open = { what: 'add' } | { what: 'change' | 'remove' | 'affected'; item: Closure };

// People say the last day on which it is closed, the API the first one on which it is open again.
const toValues = (item: Closure): Values => ({ name: item.name, from: item.from, to: addDays(item.to, -1) });
const toInput = (values: Values): Values => ({
  ...values,
  to: values['to'] ? addDays(values['to'] as string, 1) : '',
});

function useClosures() {
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const today = useMemo(() => todayIn(zone, new Date()), [zone]);
  const query = useQuery({
    ...closures.list,
    // What lies ahead first, then what is over, the last one first.
    select: (all) => {
      const isOver = (each: Closure) => each.to <= today;
      const byDate = [...all].sort((a, b) => a.from.localeCompare(b.from));
      return [...byDate.filter((each) => !isOver(each)), ...byDate.filter(isOver).reverse()];
    },
  });
  return { today, query };
}

function useGroups(): FieldGroup[] {
  const t = useT();
  return [
    {
      fields: [
        { kind: 'text', name: 'name', label: t('closures.name'), hint: t('closures.name.hint'), wide: true },
        { kind: 'date', name: 'from', label: t('closures.from') },
        { kind: 'date', name: 'to', label: t('closures.to') },
      ],
    },
  ];
}

export function ClosuresPage() {
  const t = useT();
  const { today, query } = useClosures();
  const groups = useGroups();
  const [open, setOpen] = useState<Open>();
  const close = () => {
    setOpen(undefined);
  };
  return (
    <ListPage
      title={t('manage.closures')}
      lead={t('closures.lead')}
      query={query}
      add={{
        label: t('closures.add'),
        onAdd: () => {
          setOpen({ what: 'add' });
        },
      }}
      empty={t('closures.none')}
      search={(closure) => closure.name}
      row={(item) => (
        <ClosureRow
          key={item.id}
          item={item}
          today={today}
          onOpen={(what) => {
            setOpen({ what, item });
          }}
        />
      )}
    >
      {(open?.what === 'add' || open?.what === 'change') && (
        <EditDialog
          resource={closures}
          title={open.what === 'add' ? t('closures.add') : t('change.title', { name: open.item.name })}
          groups={groups}
          item={open.what === 'change' ? open.item : undefined}
          initial={{ name: '', from: today, to: today }}
          toInput={toInput}
          toValues={toValues}
          onClose={close}
          onSaved={(item) => {
            if (item.affected.length > 0) setOpen({ what: 'affected', item });
          }}
        />
      )}
      {open?.what === 'affected' && (
        <AffectedDialog
          title={t('affected', { count: open.item.affected.length })}
          lead={t('closures.affected.lead', { name: open.item.name })}
          ids={open.item.affected}
          onClose={close}
        />
      )}
      {open?.what === 'remove' && <RemoveDialog resource={closures} item={open.item} onClose={close} />}
    </ListPage>
  );
}

type RowProps = {
  item: Closure;
  today: string;
  onOpen: (what: 'change' | 'remove' | 'affected') => void;
};

function ClosureRow({ item, today, onOpen }: RowProps) {
  const t = useT();
  const last = addDays(item.to, -1);
  const days = daysBetween(item.from, item.to);
  const badge = item.to <= today ? t('closures.over') : item.from <= today ? t('closures.now') : undefined;
  return (
    <Row
      name={item.name}
      badge={badge}
      facts={
        <p>
          {days === 1 ? longDate(item.from) : `${shortDate(item.from)} – ${shortDate(last)}`}{' '}
          {item.from.slice(0, 4)}, {t('closures.days', { count: days })}
        </p>
      }
    >
      {item.affected.length > 0 && (
        <RowAction
          label={t('affected', { count: item.affected.length })}
          of={item.name}
          look="danger"
          onClick={() => {
            onOpen('affected');
          }}
        />
      )}
      <RowAction
        label={t('change')}
        of={item.name}
        look="secondary"
        onClick={() => {
          onOpen('change');
        }}
      />
      <RowAction
        label={t('remove')}
        of={item.name}
        onClick={() => {
          onOpen('remove');
        }}
      />
    </Row>
  );
}
