/** To another site; the back button leads here again. */
export const leaveTo = (url: string) => {
  globalThis.location.assign(url);
};
