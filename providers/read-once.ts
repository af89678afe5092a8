/** A value that is read once and kept until it is forgotten. A failure is not kept. */
export class Once<T> {
  readonly #read: (signal: AbortSignal) => Promise<T>
  #kept: Promise<T> | undefined

  constructor(read: (signal: AbortSignal) => Promise<T>) {
    this.#read = read
  }

  async get(signal: AbortSignal): Promise<T> {
    const asked = this.#kept ?? this.#read(signal)
    this.#kept = asked
    try {
      return await asked
    } catch (error) {
      if (this.#kept === asked) this.#kept = undefined
      throw error
    }
  }

  /** What is kept or being read; `undefined` when the next `get` reads. */
  get kept(): Promise<T> | undefined {
    return this.#kept
  }

  /** Takes a value that is known without reading. */
  keep(value: T): void {
    this.#kept = Promise.resolve(value)
  }

  forget(): void {
    this.#kept = undefined
  }
}
