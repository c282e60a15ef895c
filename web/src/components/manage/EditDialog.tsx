import { Dialog } from '../Dialog';
import { EditForm, type EditProps } from './EditForm';

type Props<T extends { id: string; version: number }, Input extends object, Made extends T> = EditProps<
  T,
  Input,
  Made
> & { title: string; onClose: () => void };

export function EditDialog<T extends { id: string; version: number }, Input extends object, Made extends T>({
  title,
  ...form
}: Props<T, Input, Made>) {
  return (
    <Dialog title={title} onClose={form.onClose} wide>
      <EditForm {...form} />
    </Dialog>
  );
}
