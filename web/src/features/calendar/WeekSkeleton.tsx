import { Skeleton } from '../../components/Skeleton';

export function GridSkeleton() {
  return (
    <div aria-busy="true" className="rounded-2xl border border-line bg-surface p-2">
      <Skeleton className="h-14" />
      <Skeleton className="mt-2 h-[40rem]" />
    </div>
  );
}

export function ListSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-2">
      <Skeleton className="h-7 w-48" />
      {[1, 2, 3, 4].map((key) => (
        <Skeleton key={key} className="h-20" />
      ))}
    </div>
  );
}
