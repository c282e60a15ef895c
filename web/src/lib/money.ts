/** An amount in minor units ("3800" pence) in the words of the locale ("£38.00"). */
export function price(amount: { amount_minor: number; currency: string }, locale?: string): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: amount.currency,
    currencyDisplay: 'narrowSymbol',
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount.amount_minor / 10 ** digits);
}
