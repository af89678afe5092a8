import { randomInt } from 'node:crypto'

/** Crockford's base32: no letter looks like a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LETTERS = 5
const READ_AS: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }

/** A fresh code for people to type, e.g. `7Q2MA-0KX9D`: 25 random bits a group. */
export function letterCode(groups: number): string {
  const group = () => Array.from({ length: LETTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return Array.from({ length: groups }, group).join('-')
}

/** A typed code as it is compared: blanks, hyphens and letter case do not matter. */
export const plainLetters = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OIL]/g, (letter) => READ_AS[letter] ?? letter)
