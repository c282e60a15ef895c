import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Failure } from '../../components/Failure';
import { Field } from '../../components/Field';
import { useT } from '../../i18n';
import { textOf } from '../../lib/form';
import { useAddPlace } from '../../lib/changes';

type Props = { onClose: () => void; onAdded: (id: string) => void };

export function AddPlace({ onClose, onAdded }: Props) {
  const t = useT();
  const add = useAddPlace();
  const save = (form: FormData) => {
    const text = textOf(form, 'text').trim();
    const postcode = textOf(form, 'postcode').trim();
    add.mutate(
      { text, ...(postcode ? { postcode } : {}) },
      {
        onSuccess: (place) => {
          onAdded(place.id);
        },
      },
    );
  };
  return (
    <Dialog title={t('place.title')} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save(new FormData(event.currentTarget));
        }}
      >
        <Field
          name="text"
          label={t('place.text')}
          hint={t('place.text.hint')}
          required
          maxLength={200}
          autoComplete="street-address"
        />
        <Field name="postcode" label={t('place.postcode')} maxLength={20} autoComplete="postal-code" />
        {add.isError && <Failure error={add.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" busy={add.isPending}>
            {t('place.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
