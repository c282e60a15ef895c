import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { EditDialog } from '../../components/manage/EditDialog';
import { ListPage, Row, RowAction } from '../../components/manage/ListPage';
import { RemoveDialog } from '../../components/manage/RemoveDialog';
import { lengthWords } from '../../components/manage/words';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { lessonTypes } from '../../lib/manage/resource';
import { price } from '../../lib/money';
import { meQuery } from '../../lib/queries';
import { useTypeForm } from './typeForm';

type LessonType = Schema['LessonType'];
type Open = { what: 'add' } | { what: 'change' | 'remove' | 'switchOff'; item: LessonType };

export function LessonTypesPage() {
  const t = useT();
  const types = useQuery(lessonTypes.list);
  const currency = useQuery(meQuery).data?.school.currency ?? 'GBP';
  const [open, setOpen] = useState<Open>();
  const { groups, initial } = useTypeForm(currency);
  const close = () => {
    setOpen(undefined);
  };
  return (
    <ListPage
      title={t('manage.types')}
      lead={t('types.lead')}
      query={types}
      add={{
        label: t('types.add'),
        onAdd: () => {
          setOpen({ what: 'add' });
        },
      }}
      empty={t('types.none')}
      search={(type) => type.name}
      row={(item) => (
        <TypeRow
          key={item.id}
          item={item}
          onOpen={(what) => {
            setOpen({ what, item });
          }}
        />
      )}
    >
      {(open?.what === 'add' || open?.what === 'change') && (
        <EditDialog
          resource={lessonTypes}
          title={open.what === 'add' ? t('types.add') : t('change.title', { name: open.item.name })}
          groups={groups}
          item={open.what === 'change' ? open.item : undefined}
          initial={initial}
          onClose={close}
        />
      )}
      {open?.what === 'switchOff' && (
        <EditDialog
          resource={lessonTypes}
          title={t('types.switchOff', { name: open.item.name })}
          groups={[{ fields: [{ kind: 'yes', name: 'active', label: t('types.active'), wide: true }] }]}
          item={open.item}
          initial={initial}
          onClose={close}
        />
      )}
      {open?.what === 'remove' && (
        <RemoveDialog
          resource={lessonTypes}
          item={open.item}
          onClose={close}
          onDeactivate={() => {
            setOpen({ what: 'switchOff', item: open.item });
          }}
        />
      )}
    </ListPage>
  );
}

function TypeRow({ item, onOpen }: { item: LessonType; onOpen: (what: 'change' | 'remove') => void }) {
  const t = useT();
  const facts = [
    lengthWords(item.length_minutes, t),
    price(item.price),
    t(`transmission.${item.transmission}`),
    t('types.everyStep', { step: lengthWords(item.step_minutes, t) }),
  ];
  const notices = [
    t('types.bookUntil', { notice: lengthWords(item.notice_book_minutes, t) }),
    t('types.moveUntil', { notice: lengthWords(item.notice_move_minutes, t) }),
    t('types.cancelUntil', { notice: lengthWords(item.notice_cancel_minutes, t) }),
    t('types.ahead', { count: item.horizon_days }),
  ];
  const buffers =
    item.buffer_before_minutes + item.buffer_after_minutes > 0
      ? t('types.buffers', {
          before: lengthWords(item.buffer_before_minutes, t),
          after: lengthWords(item.buffer_after_minutes, t),
        })
      : t('types.noBuffers');
  return (
    <Row
      name={item.name}
      badge={item.active ? undefined : t('inactive')}
      facts={
        <>
          <p className="text-ink">{facts.join(', ')}</p>
          <p className="text-sm">{notices.join(', ')}</p>
          <p className="text-sm">
            {buffers}{' '}
            <Link to="/manage/buffers" className="inline-block py-1 font-semibold text-brand underline">
              {t('types.changeBuffers')} <span className="sr-only">{item.name}</span>
            </Link>
          </p>
        </>
      }
    >
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
