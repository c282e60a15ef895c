import { getRouteApi } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { NotFound } from '../../components/NotFound';
import { ConfirmPage } from './ConfirmPage';
import { ExportPage } from './ExportPage';
import { JoinPage } from './JoinPage';
import { ForgotPage, RegisterPage } from './MailedLink';
import { ResetPage, WelcomePage } from './WelcomePage';

const pages: Partial<Record<string, ComponentType>> = {
  welcome: WelcomePage,
  reset: ResetPage,
  forgot: ForgotPage,
  register: RegisterPage,
  join: JoinPage,
  confirm: ConfirmPage,
  export: ExportPage,
};

const route = getRouteApi('/$page');

/** The pages for which nobody signs in; together, as each is small and the first page of the site pays for none. */
export function OutsidePage() {
  const { page } = route.useParams();
  const Page = Object.hasOwn(pages, page) ? pages[page] : undefined;
  return Page ? <Page key={page} /> : <NotFound />;
}
