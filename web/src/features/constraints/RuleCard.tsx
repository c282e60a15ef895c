import { useId } from 'react';
import { Button } from '../../components/Button';
import { boxLook } from '../../components/manage/Input';
import { useT } from '../../i18n';
import type { Instructor } from '../../lib/queries';
import { findItem, scopeOf, type Constraint, type Finding, type RuleName } from './findings';
import { RuleEditor } from './RuleEditor';
import { blank } from './useConstraints';

type Complaint = { pointer: string; message: string };
type Props = {
  rule: RuleName;
  items: Constraint[];
  instructors: Instructor[];
  findings: Finding[];
  complaints: Complaint[];
  onChange: (items: Constraint[]) => void;
};

/** One rule: for the whole school, and for those who have it otherwise. */
export function RuleCard({ rule, items, instructors, findings, complaints, onChange }: Props) {
  const t = useT();
  const school = findItem(items, rule) ?? blank(rule);
  const own = items.filter((item) => item.rule === rule && scopeOf(item) !== undefined);
  const free = instructors.filter((person) => person.active && !findItem(items, rule, person.id));
  const nameOf = (id: string | undefined) =>
    instructors.find((person) => person.id === id)?.name ?? t('instructor.unknown');
  const put = (next: Constraint) => {
    onChange(items.map((item) => (item.rule === rule && scopeOf(item) === scopeOf(next) ? next : item)));
  };
  const about = (item: Constraint) => {
    const start = `/items/${items.indexOf(item)}/`;
    return complaints
      .filter((complaint) => complaint.pointer.startsWith(start))
      .map((complaint) => ({ ...complaint, pointer: complaint.pointer.slice(start.length - 1) }));
  };
  return (
    <section
      aria-label={t(`rules.title.${rule}`)}
      className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6"
    >
      <div>
        <h2 className="text-xl font-bold tracking-tight">{t(`rules.title.${rule}`)}</h2>
        <p className="text-sm text-muted">{t(`rules.about.${rule}`)}</p>
      </div>
      <RuleEditor item={school} of={t('rules.school')} complaints={about(school)} onChange={put} />
      {own.map((item) => {
        const name = nameOf(scopeOf(item));
        return (
          <div key={scopeOf(item)} className="grid gap-2 rounded-xl bg-ground p-3 sm:p-4">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <h3 className="font-bold">{t('rules.onlyFor', { name })}</h3>
              <Button
                look="quiet"
                onClick={() => {
                  onChange(items.filter((each) => each !== item));
                }}
              >
                {t('rules.likeSchool')} <span className="sr-only">{name}</span>
              </Button>
            </div>
            <RuleEditor item={item} of={name} complaints={about(item)} onChange={put} />
          </div>
        );
      })}
      <Findings findings={findings} nameOf={nameOf} />
      {free.length > 0 && (
        <AddException
          people={free}
          onAdd={(id) => {
            onChange([...items, { ...school, scope: { kind: 'instructor', id } }]);
          }}
        />
      )}
    </section>
  );
}

function Findings({ findings, nameOf }: { findings: Finding[]; nameOf: (id: string | undefined) => string }) {
  const t = useT();
  return (
    <ul aria-live="polite" className="grid gap-2 empty:hidden">
      {findings.map((finding) => (
        <li
          key={`${finding.words} ${finding.instructor ?? ''}`}
          className={`rounded-xl px-3 py-2 text-sm ${finding.kind === 'conflict' ? 'bg-warn-soft text-warn' : 'bg-sunken text-muted'}`}
        >
          <strong>{t(`rules.kind.${finding.kind}`)}</strong>{' '}
          {finding.instructor && `${nameOf(finding.instructor)}: `}
          {t(`rules.finding.${finding.words}`, finding.values)}
        </li>
      ))}
    </ul>
  );
}

function AddException({ people, onAdd }: { people: Instructor[]; onAdd: (id: string) => void }) {
  const t = useT();
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label htmlFor={id} className="text-sm font-semibold text-muted">
        {t('rules.exception')}
      </label>
      <select
        id={id}
        value=""
        onChange={(event) => {
          onAdd(event.target.value);
        }}
        className={`${boxLook} max-w-64`}
      >
        <option value="">{t('rules.exception.choose')}</option>
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </select>
    </div>
  );
}
