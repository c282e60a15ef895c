import { textOf } from '../form';

export type Values = Record<string, unknown>;
export type Option = { value: string; label: string };
type Common = { name: string; label: string; hint?: string; wide?: boolean };
/** What a form asks for. The name is the one in the API, so that its complaints find their field. */
export type FieldSpec = Common &
  (
    | {
        kind: 'text' | 'email' | 'tel' | 'date' | 'moment';
        optional?: boolean;
        maxLength?: number;
        min?: string;
      }
    | { kind: 'number'; unit: string; min: number; max: number; step: number }
    | { kind: 'duration'; max: number }
    | { kind: 'money'; currency: string }
    | { kind: 'choice'; options: Option[] }
    | { kind: 'yes' }
    | { kind: 'words' | 'colour' }
    | { kind: 'paragraphs'; maxLength: number }
    | { kind: 'many'; options: Option[]; none: string }
    /** `options` are offered while one types; `tagOf` says what a text stands for, undefined for nothing. */
    | {
        kind: 'tags';
        options: Option[];
        tagOf?: (text: string) => string | undefined;
        labelOf?: (tag: string) => string;
        most: number;
        maxLength: number;
      }
  );

export const UNITS = { minutes: 1, hours: 60, days: 1440 } as const;
export type Unit = keyof typeof UNITS;

/** The largest unit in which a length is a whole number: 2880 minutes are 2 days. */
export function inUnits(minutes: number): { amount: number; unit: Unit } {
  const unit =
    minutes === 0 ? 'hours' : minutes % 1440 === 0 ? 'days' : minutes % 60 === 0 ? 'hours' : 'minutes';
  return { amount: minutes / UNITS[unit], unit };
}

export const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

export type Money = { amount_minor: number; currency: string };

function readField(form: FormData, field: FieldSpec): unknown {
  const text = textOf(form, field.name).trim();
  switch (field.kind) {
    case 'yes':
      return form.has(field.name);
    case 'number':
      return Number(text);
    case 'duration':
      return Math.round(Number(text) * UNITS[textOf(form, `${field.name}.unit`) as Unit]);
    case 'money':
      return {
        amount_minor: Math.round(Number(text) * 10 ** digitsOf(field.currency)),
        currency: field.currency,
      };
    case 'many':
    case 'tags':
      return form.getAll(field.name);
    default:
      return text;
  }
}

export const readForm = (form: FormData, fields: FieldSpec[]): Values =>
  Object.fromEntries(fields.map((field) => [field.name, readField(form, field)]));

const plain = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? [...(value as string[])].sort() : (value ?? ''));

/** Of the values, those that are not what they were. */
export const changed = (values: Values, before: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => plain(value) !== plain(before[name])));

/** What is wrong with a field: also when the complaint is about a part of it. */
export const complaintAbout = (name: string, complaints: { pointer: string; message: string }[]) =>
  complaints.find(({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`))?.message;
