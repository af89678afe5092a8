import { wrongAnswer } from '../problems.ts'

/** An element of a DER encoding (ITU-T X.690). */
export interface Der {
  readonly tag: number
  readonly content: Buffer
  /** With its tag and length. */
  readonly whole: Buffer
}

export const SEQUENCE = 0x30
export const INTEGER = 0x02
export const OCTETS = 0x04
export const OBJECT = 0x06

const notDer = () => wrongAnswer('an encrypted name is not encoded as it should be')

/** Octets of a length in its long form, and the most of them that fit in memory. */
const [LONG_FORM, MOST_LENGTH_OCTETS] = [0x80, 3]

function elementAt(bytes: Buffer, from: number): Der {
  const [tag, first] = [bytes[from], bytes[from + 1]]
  if (tag === undefined || first === undefined) throw notDer()
  const octets = first < LONG_FORM ? 0 : first - LONG_FORM
  if (octets > MOST_LENGTH_OCTETS || from + 2 + octets > bytes.length) throw notDer()
  const length = octets === 0 ? first : bytes.readUIntBE(from + 2, octets)
  const [start, end] = [from + 2 + octets, from + 2 + octets + length]
  if (first === LONG_FORM || end > bytes.length) throw notDer()
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(from, end) }
}

/** The elements of a sequence, or of the whole of a text. Throws the uniform refusal. */
export function elementsIn(bytes: Buffer): readonly Der[] {
  const found: Der[] = []
  for (let at = 0; at < bytes.length; at += found.at(-1)?.whole.length ?? 0) found.push(elementAt(bytes, at))
  return found
}

/** The element of a tag. Throws the uniform refusal for another one. */
export function taken(element: Der | undefined, tag: number): Buffer {
  if (element?.tag !== tag) throw notDer()
  return element.content
}
