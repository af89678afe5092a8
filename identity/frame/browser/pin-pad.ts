/** The input of a PIN: the field itself, and a pad of buttons for mouse and touch. */
export class PinPad {
  readonly #field: HTMLInputElement

  constructor(screen: HTMLElement) {
    this.#field = screen.querySelector('input') as HTMLInputElement
    this.#field.addEventListener('input', () => this.#set(this.#field.value))
    screen.addEventListener('click', ({ target }) => {
      const key = target instanceof Element ? target.closest('button') : null
      if (key?.dataset.digit !== undefined) this.#set(this.#field.value + key.dataset.digit)
      if (key?.dataset.delete !== undefined) this.#set(this.#field.value.slice(0, -1))
    })
  }

  get value(): string {
    return this.#field.value
  }

  /** How many digits this person's PIN has. */
  resize(size: number): void {
    this.#field.maxLength = size
  }

  get size(): number {
    return this.#field.maxLength
  }

  clear(): void {
    this.#field.value = ''
  }

  /** Says that what was entered is wrong, until it is changed. */
  blame(): void {
    this.#field.setAttribute('aria-invalid', 'true')
  }

  focus(): void {
    this.#field.focus()
  }

  #set(text: string): void {
    this.#field.removeAttribute('aria-invalid')
    this.#field.value = text.replace(/\D/g, '').slice(0, this.size)
  }
}
