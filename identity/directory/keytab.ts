/** Keys of AES by their number (RFC 3962, section 7; RFC 8009, section 5). What is weaker opens no ticket here. */
const ENCRYPTIONS: Readonly<Record<number, string>> = {
  17: 'aes128-cts-hmac-sha1-96',
  18: 'aes256-cts-hmac-sha1-96',
  19: 'aes128-cts-hmac-sha256-128',
  20: 'aes256-cts-hmac-sha384-192',
}

/** What may be known of a key of a keytab. */
export interface KeytabEntry {
  /** With its realm, e.g. `HTTP/id.example.com@EXAMPLE.COM`. */
  readonly principal: string
  /** Key version number. */
  readonly kvno: number
  readonly encryption: string
}

/** A keytab with its AES keys alone. */
export interface Keytab {
  readonly bytes: Buffer
  readonly entries: readonly KeytabEntry[]
}

/** Version 2, as MIT Kerberos, Heimdal and `ktpass` write it (MIT Kerberos, "Keytab file format"). */
const VERSION = Buffer.from([5, 2])

/** Reads a keytab; `undefined` for what is none. */
export function readKeytab(bytes: Buffer): Keytab | undefined {
  if (!bytes.subarray(0, VERSION.length).equals(VERSION)) return undefined
  try {
    const records = recordsIn(bytes)
    const known = records.flatMap((record) => {
      const entry = entryIn(record)
      return entry === undefined ? [] : [{ record, entry }]
    })
    return {
      bytes: Buffer.concat([VERSION, ...known.flatMap(({ record }) => [sized(record), record])]),
      entries: known.map(({ entry }) => entry),
    }
  } catch {
    // A number or a text goes beyond its end.
    return undefined
  }
}

function recordsIn(bytes: Buffer): readonly Buffer[] {
  const records: Buffer[] = []
  for (let at = VERSION.length; at < bytes.length; ) {
    const size = bytes.readInt32BE(at)
    const [start, end] = [at + 4, at + 4 + Math.abs(size)]
    if (size === 0 || end > bytes.length) throw new RangeError('the record goes beyond the end')
    // A negative size is that of a hole, where an entry was.
    if (size > 0) records.push(bytes.subarray(start, end))
    at = end
  }
  return records
}

function sized(record: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(record.length)
  return size
}

/** `undefined` for a key of another encryption. */
function entryIn(record: Buffer): KeytabEntry | undefined {
  const reader = new Reader(record)
  const parts = reader.number(2)
  const realm = reader.text()
  const names = Array.from({ length: parts }, () => reader.text())
  reader.skip(NAME_TYPE_BYTES + TIMESTAMP_BYTES)
  const short = reader.number(1)
  const encryption = ENCRYPTIONS[reader.number(2)]
  reader.skip(reader.number(2))
  const kvno = (reader.left >= 4 && reader.number(4)) || short
  return encryption === undefined ? undefined : { principal: `${names.join('/')}@${realm}`, kvno, encryption }
}
const [NAME_TYPE_BYTES, TIMESTAMP_BYTES] = [4, 4]

/** Numbers and texts of a record, one after the other. Throws a RangeError beyond its end. */
class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  skip(bytes: number): number {
    if (bytes > this.left) throw new RangeError('the text goes beyond the end')
    const start = this.#at
    this.#at += bytes
    return start
  }

  number(bytes: 1 | 2 | 4): number {
    return this.#bytes.readUIntBE(this.skip(bytes), bytes)
  }

  text(): string {
    const length = this.number(2)
    const start = this.skip(length)
    return this.#bytes.toString('utf8', start, start + length)
  }
}
