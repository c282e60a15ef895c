import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { notify } from '../src/lib/notice';
import { signOut } from '../src/lib/session';
import { wire } from './wire';

// jsdom has no layout, no modal dialogs, no popovers and no pointer to hold on to.
HTMLElement.prototype.hidePopover = () => undefined;
HTMLElement.prototype.showPopover = () => undefined;
Element.prototype.setPointerCapture = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
  this.open = false;
};
vi.stubGlobal('scrollTo', () => undefined);
document.documentElement.lang = 'en';
// Two shared cores: a page may take more than the usual second.
configure({ asyncUtilTimeout: 5_000 });
Object.defineProperty(navigator, 'language', { value: 'en-GB' });

beforeAll(() => {
  wire.listen({ onUnhandledRequest: 'error' });
});
afterEach(async () => {
  cleanup();
  notify(undefined);
  await signOut();
  wire.resetHandlers();
  localStorage.clear();
});
afterAll(() => {
  wire.close();
});
