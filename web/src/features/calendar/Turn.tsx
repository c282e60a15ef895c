import { Button } from '../../components/Button';

type Props = { to: -1 | 1; label: string; onTurn: () => void };

/** One page back or on. */
export function Turn({ to, label, onTurn }: Props) {
  return (
    <Button look="secondary" className="size-11 px-0!" onClick={onTurn}>
      <span className="sr-only">{label}</span>
      <svg aria-hidden="true" viewBox="0 0 20 20" className="size-5 fill-none stroke-current stroke-2">
        <path d={to < 0 ? 'M12 4 6 10l6 6' : 'm8 4 6 6-6 6'} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </Button>
  );
}
