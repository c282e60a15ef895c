import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, type ComponentType } from 'react';
import { NotFound } from '../../components/NotFound';
import { ConfirmPage } from './ConfirmPage';
import { ExportPage } from './ExportPage';
import { JoinPage } from './JoinPage';
import { ForgotPage, RegisterPage } from './MailedLink';
import { ResetPage, WelcomePage } from './WelcomePage';

// What a guest books with is as large as the rest together.
const GuestPage = lazy(async () => ({ default: (await import('../guest/GuestPage')).GuestPage }));
const LinkedLessonPage = lazy(async () => ({
  default: (await import('../guest/LinkedLessonPage')).LinkedLessonPage,
}));

const pages: Partial<Record<string, ComponentType>> = {
  welcome: WelcomePage,
  reset: ResetPage,
  forgot: ForgotPage,
  register: RegisterPage,
  join: JoinPage,
  confirm: ConfirmPage,
  export: ExportPage,
  guest: GuestPage,
  lesson: LinkedLessonPage,
};

const route = getRouteApi('/$page');

/** The pages for which nobody signs in; together, as each is small and the first page of the site pays for none. */
export function OutsidePage() {
  const { page } = route.useParams();
  const Page = Object.hasOwn(pages, page) ? pages[page] : undefined;
  if (!Page) return <NotFound />;
  return (
    <Suspense>
      <Page key={page} />
    </Suspense>
  );
}
