const names = new Intl.DisplayNames('en', { type: 'language' });

/** "Polish" for "pl". */
export const languageName = (tag: string) => names.of(tag) ?? tag;
