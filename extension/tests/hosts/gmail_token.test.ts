import { describe, expect, it } from 'vitest';
import { decodeToken } from '../../src/hosts/gmail_token';

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZbcdfghjklmnpqrstvwxz';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The way back: text as base 64 without padding, the number it makes, in 40 letters. */
function encode(text: string): string {
  let number = 0n;
  for (const letter of btoa(text).replace(/=/g, '')) number = number * 64n + BigInt(BASE64.indexOf(letter));
  let token = '';
  for (; number > 0n; number /= 40n) token = LETTERS[Number(number % 40n)] + token;
  return token;
}

describe('a token of a Gmail address', () => {
  it('names the thread a published capture holds', () => {
    expect(decodeToken('FMfcgzGrbHrBdFGBXqpFZvSkcQpKkvrM')).toEqual({ threadId: '184a87a7b32dd009', draft: null });
  });

  it.each(['1764000000000000001', '1500000000000000000', '1899999999999999999'])(
    'gives back thread f:%s as hex',
    (decimal) => {
      const hex = BigInt(decimal).toString(16);
      expect(decodeToken(encode(`f:${decimal}`))?.threadId).toBe(hex);
      expect(decodeToken(encode(`thread-f:${decimal}`))?.threadId).toBe(hex);
      expect(decodeToken(encode(`f:${decimal}+msg-a:r-77`))).toEqual({ threadId: hex, draft: 'msg-a:r-77' });
    },
  );

  it('knows no API id of a thread made in this browser', () => {
    expect(decodeToken(encode('a:r-7681922771531347793+msg-a:r123'))).toEqual({ threadId: null, draft: 'msg-a:r123' });
  });

  it.each(['inbox', 'new', '', 'FMfcgzGrbHrBdFGBXqpF', 'AEIOUaeiouAEIOUaeiou', 'B'.repeat(200)])(
    'is not seen in %j',
    (segment) => {
      expect(decodeToken(segment)).toBeNull();
    },
  );
});
