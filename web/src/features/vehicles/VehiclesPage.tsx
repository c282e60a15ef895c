import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EditDialog } from '../../components/manage/EditDialog';
import type { FieldGroup } from '../../components/manage/Form';
import { ListPage, Row, RowAction } from '../../components/manage/ListPage';
import { RemoveDialog } from '../../components/manage/RemoveDialog';
import { SwitchOffDialog } from '../../components/manage/SwitchOffDialog';
import { useT } from '../../i18n';
import type { Schema } from '../../lib/api';
import { vehicles } from '../../lib/manage/resource';
import { instructorsQuery, type Instructor } from '../../lib/queries';

type Vehicle = Schema['Vehicle'];
type Open = { what: 'add' } | { what: 'change' | 'remove' | 'switchOff'; item: Vehicle };

function useGroups(instructors: Instructor[]): FieldGroup[] {
  const t = useT();
  return [
    {
      fields: [
        { kind: 'text', name: 'name', label: t('vehicles.name'), hint: t('vehicles.name.hint'), wide: true },
        {
          kind: 'choice',
          name: 'transmission',
          label: t('vehicles.transmission'),
          options: ['manual', 'automatic'].map((value) => ({ value, label: t(`transmission.${value}`) })),
        },
        {
          kind: 'number',
          name: 'turnaround_minutes',
          label: t('vehicles.turnaround'),
          unit: t('unit.minutes'),
          min: 0,
          max: 720,
          step: 5,
        },
        {
          kind: 'many',
          name: 'driver_ids',
          label: t('vehicles.drivers'),
          hint: t('vehicles.drivers.hint'),
          none: t('vehicles.noInstructors'),
          options: instructors.map((person) => ({ value: person.id, label: person.name })),
          wide: true,
        },
        {
          kind: 'yes',
          name: 'active',
          label: t('vehicles.active'),
          hint: t('vehicles.active.hint'),
          wide: true,
        },
      ],
    },
  ];
}

export function VehiclesPage() {
  const t = useT();
  const query = useQuery(vehicles.list);
  const instructors = useQuery(instructorsQuery).data ?? [];
  const [open, setOpen] = useState<Open>();
  const groups = useGroups(instructors);
  const close = () => {
    setOpen(undefined);
  };
  // As it is now; what has just been removed is still called what it was called.
  const opened = open && 'item' in open ? open.item : undefined;
  const item = query.data?.find((each) => each.id === opened?.id) ?? opened;
  return (
    <ListPage
      title={t('manage.vehicles')}
      lead={t('vehicles.lead')}
      query={query}
      add={{
        label: t('vehicles.add'),
        onAdd: () => {
          setOpen({ what: 'add' });
        },
      }}
      empty={t('vehicles.none')}
      search={(vehicle) => vehicle.name}
      row={(vehicle) => (
        <VehicleRow
          key={vehicle.id}
          vehicle={vehicle}
          instructors={instructors}
          onOpen={(what) => {
            setOpen({ what, item: vehicle });
          }}
        />
      )}
    >
      {(open?.what === 'add' || (open?.what === 'change' && item)) && (
        <EditDialog
          resource={vehicles}
          title={item ? t('change.title', { name: item.name }) : t('vehicles.add')}
          groups={groups}
          item={item}
          initial={{ name: '', transmission: 'manual', turnaround_minutes: 0, driver_ids: [], active: true }}
          onClose={close}
        />
      )}
      {open?.what === 'switchOff' && item && (
        <SwitchOffDialog
          resource={vehicles}
          item={item}
          lessonsOf={undefined}
          lead={t('vehicles.switchOff')}
          onClose={close}
        />
      )}
      {open?.what === 'remove' && item && (
        <RemoveDialog
          resource={vehicles}
          item={item}
          onClose={close}
          onDeactivate={() => {
            setOpen({ what: 'switchOff', item });
          }}
        />
      )}
    </ListPage>
  );
}

type RowProps = {
  vehicle: Vehicle;
  instructors: Instructor[];
  onOpen: (what: 'change' | 'remove' | 'switchOff') => void;
};

function VehicleRow({ vehicle, instructors, onOpen }: RowProps) {
  const t = useT();
  const drivers = instructors.filter((person) => vehicle.driver_ids.includes(person.id));
  const actions = ['change', ...(vehicle.active ? ['switchOff' as const] : []), 'remove'] as const;
  return (
    <Row
      name={vehicle.name}
      badge={vehicle.active ? undefined : t('inactive')}
      facts={
        <>
          <p>
            {t(`transmission.${vehicle.transmission}`)},{' '}
            {t('vehicles.turnaround.fact', { count: vehicle.turnaround_minutes })}
          </p>
          {vehicle.driver_ids.length > 0 ? (
            <p className="text-sm">{drivers.map((person) => person.name).join(', ')}</p>
          ) : (
            <p className="text-sm font-semibold text-warn">{t('vehicles.nobody')}</p>
          )}
        </>
      }
    >
      {actions.map((what) => (
        <RowAction
          key={what}
          label={t(what)}
          of={vehicle.name}
          look={what === 'change' ? 'secondary' : 'quiet'}
          onClick={() => {
            onOpen(what);
          }}
        />
      ))}
    </Row>
  );
}
