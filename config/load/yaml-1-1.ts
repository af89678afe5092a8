/**
 * kubectl, Helm and kustomize read YAML 1.1, we read YAML 1.2: plain texts that the two take for different values. The
 * same bytes have to mean the same at every door, so these are refused.
 */
const READINGS: readonly (readonly [plain: RegExp, reading: string, instead: string])[] = [
  [/^(?:yes|Yes|YES|on|On|ON)$/, 'true', 'write true, or put it in quotes'],
  [/^(?:no|No|NO|off|Off|OFF)$/, 'false', 'write false, or put it in quotes'],
  [/^[-+]?0[0-9_]+$/, 'an octal number', 'drop the zeros in front, or put it in quotes'],
  [/^0o[0-7]+$/, 'a text', 'write a decimal number, or put it in quotes'],
  [/^[-+]?0[bB][01_]+$/, 'a binary number', 'put it in quotes'],
  // Also what strconv.ParseInt of Go takes: a sign, a capital and `_` anywhere.
  [/^(?=[-+]|0[XO]|.*_)[-+]?0(?:[xX][0-9a-fA-F_]+|[oO][0-7_]+)$/, 'a number', 'put it in quotes'],
  [/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/, 'a number in base 60', 'put it in quotes'],
  // They drop every `_` before they look.
  [/^(?=.*_)[-+]?(?=[.0-9])(?:[0-9][0-9_]*)?(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?$/, 'a number', 'put it in quotes'],
  [
    /^[-+]?(?:[0-9]+[eE][-+]?|(?:[0-9]+\.[0-9]*|\.[0-9]+)[eE])[0-9]+$/,
    'a text',
    'write the number out, or put it in quotes',
  ],
  [/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?$/, 'a time', 'put it in quotes'],
]

/** All of them begin with one of these characters, and most texts do not. */
const SUSPECT = /^[-+.0-9yYnNoO]/

/** How an older reader takes a plain text that is another value to us, and what to write; `undefined` for one reading. */
export function otherReading(plain: string): string | undefined {
  if (!SUSPECT.test(plain)) return undefined
  const found = READINGS.find(([pattern]) => pattern.test(plain))
  return found && `${plain} is ${found[1]} to kubectl and Helm (YAML 1.1); ${found[2]}`
}
