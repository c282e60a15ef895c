import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { Button } from '../../components/Button';
import { Failure } from '../../components/Failure';
import { Page } from '../../components/Page';
import { Skeleton } from '../../components/Skeleton';
import { useT } from '../../i18n';
import { api, body, type Schema } from '../../lib/api';
import { notify } from '../../lib/notice';
import { useOnline } from '../../lib/online';
import type { Problem } from '../../lib/problem';
import { meQuery } from '../../lib/queries';
import { shortMoment } from '../../lib/time';

type Feed = Schema['Feed'];
const KEY = ['feed'];

function useFeed() {
  const client = useQueryClient();
  const keep = (feed: Feed) => {
    client.setQueryData(KEY, feed);
  };
  const saved = useQuery<Feed, Problem>({
    queryKey: KEY,
    queryFn: ({ signal }) => body(api.GET('/api/v1/me/feed', { signal })),
  });
  const make = useMutation<Feed, Problem>({
    mutationFn: () => body(api.PUT('/api/v1/me/feed', {})),
    onSuccess: keep,
  });
  const end = useMutation<unknown, Problem>({
    mutationFn: () => body(api.DELETE('/api/v1/me/feed', {})),
    onSuccess: () => {
      keep({ created_at: null });
    },
  });
  return { saved, make, end };
}

/** The secret address at which calendar programs fetch one's lessons. */
export function FeedPage() {
  const t = useT();
  const isOnline = useOnline();
  const zone = useQuery(meQuery).data?.school.time_zone ?? 'UTC';
  const { saved, make, end } = useFeed();
  const since = saved.data?.created_at;
  const failed = make.error ?? end.error;
  return (
    <Page title={t('feed')} narrow busy={saved.isPending}>
      <div className="grid gap-4">
        <p className="text-muted">{t('feed.lead')}</p>
        {saved.isError && <Failure error={saved.error} onRetry={() => void saved.refetch()} />}
        {saved.isPending && <Skeleton className="h-24" />}
        {saved.data && (
          <div className="grid gap-4 rounded-2xl border border-line bg-surface p-4 sm:p-6">
            <p className="font-semibold">
              {since ? t('feed.since', { moment: shortMoment(since, zone) }) : t('feed.none')}
            </p>
            {saved.data.url && <Address url={saved.data.url} />}
            {failed && <Failure error={failed} />}
            <div className="flex flex-wrap gap-2">
              <Button
                look={since ? 'secondary' : 'primary'}
                disabled={!isOnline}
                busy={make.isPending}
                onClick={() => {
                  end.reset();
                  make.mutate();
                }}
              >
                {t(since ? 'feed.again' : 'feed.make')}
              </Button>
              {since && (
                <Button
                  look="danger"
                  disabled={!isOnline}
                  busy={end.isPending}
                  onClick={() => {
                    make.reset();
                    end.mutate(undefined, {
                      onSuccess: () => {
                        notify({ text: t('feed.ended') });
                      },
                    });
                  }}
                >
                  {t('feed.end')}
                </Button>
              )}
            </div>
            {since && <p className="text-sm text-muted">{t('feed.again.hint')}</p>}
          </div>
        )}
      </div>
    </Page>
  );
}

function Address({ url }: { url: string }) {
  const t = useT();
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      setSaid(t('feed.copied'));
    } catch {
      // Plain http has no clipboard, and a browser may refuse it.
      box.current?.select();
      setSaid(t('feed.byHand'));
    }
  };
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="font-semibold">
        {t('feed.address')}
      </label>
      <p id={`${id}-hint`} className="text-sm text-muted">
        {t('feed.address.hint')}
      </p>
      <div className="flex gap-2">
        <input
          ref={box}
          id={id}
          readOnly
          value={url}
          aria-describedby={`${id}-hint`}
          className="min-h-12 w-full min-w-0 rounded-xl border border-edge bg-surface px-3 font-mono text-sm"
        />
        <Button look="secondary" onClick={() => void copy()}>
          {t('feed.copy')}
        </Button>
      </div>
      <p role="status" className="text-sm font-semibold text-brand empty:hidden">
        {said}
      </p>
    </div>
  );
}
