import { Fault } from '../fault.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
/** Escapes that can stand for NUL or for half a character: only then are the texts of a body looked at one by one. */
const SUSPECT = /\\u(?:0000|[dD][89a-fA-F])/
const ENCODED = /(?:%[0-9a-fA-F]{2})+/g

const refused = (cause?: unknown): Fault =>
  new Fault(400, 'The request holds text that is not UTF-8, or a NUL character.', { cause })

/** Bytes as text. Throws Fault 400 unless they are UTF-8 without NUL. */
export function utf8Text(bytes: Uint8Array): string {
  try {
    return plain(utf8.decode(bytes))
  } catch (error) {
    throw error instanceof Fault ? error : refused(error)
  }
}

/** An address, or a form as it travels. Throws Fault 400 when what is percent-encoded in it is no text. */
export function encodedText(text: string): string {
  for (const [sequence] of text.matchAll(ENCODED)) utf8Text(Buffer.from(sequence.replaceAll('%', ''), 'hex'))
  return text
}

/** Throws Fault 400 when a text or a name in the value, which was read from `json`, holds NUL or half a character. */
export function refuseNonText(json: string, value: unknown): void {
  if (SUSPECT.test(json))
    JSON.stringify(value, (key, item) => [plain(key), typeof item === 'string' && plain(item), item][2])
}

function plain(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) throw refused()
  return text
}
