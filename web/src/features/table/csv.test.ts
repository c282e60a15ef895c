import { expect, it } from 'vitest';
import { csv } from './csv';

it('ends lines as RFC 4180 says, and quotes what needs it', () => {
  expect(
    csv([
      ['a', 'b,c'],
      ['say "x"', 'two\nlines'],
    ]),
  ).toBe('a,"b,c"\r\n"say ""x""","two\nlines"\r\n');
});

it('leaves nothing that a spreadsheet would run', () => {
  expect(csv([['=1+1', '+44 20', '-1', '@x', '\tx', 'a=b']])).toBe("'=1+1,'+44 20,'-1,'@x,'\tx,a=b\r\n");
  expect(csv([['=HYPERLINK("http://x","y")']])).toBe('"\'=HYPERLINK(""http://x"",""y"")"\r\n');
});
