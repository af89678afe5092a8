/** A telephone number. */
export interface PhoneNumber {
  /** E.164, e.g. `+4915112345678`. */
  readonly e164: string
  /** Country calling code, e.g. `49`. */
  readonly prefix: string
}

/** Kinds of numbers that cost whoever calls them, or that no person answers. */
const REFUSED: ReadonlySet<string | undefined> = new Set([
  'PREMIUM_RATE',
  'SHARED_COST',
  'TOLL_FREE',
  'UAN',
  'VOICEMAIL',
  'PAGER',
])

/** The number that a person typed, with its country code; `undefined` for what is none that a message may go to. */
export async function phoneNumberIn(text: string): Promise<PhoneNumber | undefined> {
  // Its data are large, so a start does not wait for them.
  const { default: parsePhoneNumber } = await import('libphonenumber-js/max')
  const number = parsePhoneNumber(text.trim(), { extract: false })
  if (!number?.isValid() || REFUSED.has(number.getType())) return undefined
  return { e164: number.number, prefix: number.countryCallingCode }
}
