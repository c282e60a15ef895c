import { useQuery } from '@tanstack/react-query';
import { Failure } from '../../components/Failure';
import { Skeleton } from '../../components/Skeleton';
import { factorsQuery } from './factors';
import { PasskeysSection } from './PasskeysSection';
import { TotpSection } from './TotpSection';

/** What the account asks for besides a password. */
export function FactorSections({ zone }: { zone: string }) {
  const { data, error, refetch, isPending } = useQuery(factorsQuery);
  if (isPending) return <Skeleton className="h-24" />;
  if (!data) return <Failure error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <TotpSection factors={data} />
      <PasskeysSection factors={data} zone={zone} />
    </>
  );
}
