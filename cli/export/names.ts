/** Names documents: lower-case, unique within a kind. */
export class Names {
  readonly #taken = new Set<string>()
  readonly #byObject = new Map<string, string>()

  /** A fresh name for an object, near its natural key. */
  give(kind: string, key: string): string {
    const base = slug(key) || slug(kind)
    let name = base
    for (let n = 2; this.#taken.has(`${kind}/${name}`); n++) name = `${base}-${n}`
    this.#taken.add(`${kind}/${name}`)
    this.#byObject.set(`${kind}/${key}`, name)
    return name
  }

  /** Takes note of the name of a document that is there. */
  know(kind: string, key: string, name: string): void {
    this.#taken.add(`${kind}/${name}`)
    this.#byObject.set(`${kind}/${key}`, name)
  }

  /** The name of an object's document, when it has one. */
  of(kind: string, key: string): string | undefined {
    return this.#byObject.get(`${kind}/${key}`)
  }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 200)
    .replace(/^-+|-+$/g, '')
