import { isPattern, type LoginSecret, type Steps } from '../../proof/secret-bytes.ts'
import { PatternGrid } from './pattern-grid.ts'
import { PinPad } from './pin-pad.ts'
import { type Texts, wordsFor } from './words.ts'

const SMALLEST_SIDE = 3

/** One screen of the form; they are shown one after the other. */
export interface Screen {
  readonly element: HTMLElement
  /** What is wrong with what was entered, for the person; `undefined` when nothing is. */
  problem(): string | undefined
  focus(): void
  clear(): void
}

/** The screens of a form and the secret that they take. */
export class Screens {
  readonly #all: readonly Screen[]
  readonly #texts: Texts
  readonly #pins = new Map<string, PinPad>()
  readonly #grids = new Map<string, PatternGrid>()

  #steps: Steps

  constructor(form: HTMLFormElement, steps: Steps, texts: Texts) {
    this.#texts = texts
    this.#steps = steps
    this.#all = [...form.querySelectorAll<HTMLElement>('.screen')].map((element) => this.#screenOf(element))
  }

  /** The screens that are asked for, in their order. */
  get all(): readonly Screen[] {
    return this.#all.filter(({ element: { dataset } }) => dataset.kind === 'fields' || this.#asks(dataset.kind))
  }

  get secret(): LoginSecret {
    const pin = (this.#pins.get('known') ?? this.#pins.get('new'))?.value
    const pattern = (this.#grids.get('known') ?? this.#grids.get('new'))?.cells
    return {
      ...(this.#steps.pin === undefined || pin === undefined ? {} : { pin }),
      ...(this.#steps.pattern === undefined || pattern === undefined ? {} : { pattern }),
    }
  }

  /** Asks for the steps and sizes that this person's secret was made with. */
  fit(steps: Steps): void {
    this.#steps = steps
    for (const { element } of this.#all) element.hidden = true
    if (steps.pattern !== undefined) this.#grids.get('known')?.resize(steps.pattern)
    if (steps.pin !== undefined) this.#fitPin(steps.pin)
  }

  #fitPin(size: number): void {
    this.#pins.get('known')?.resize(size)
    const hint = document.getElementById('pin-known-hint')
    if (hint) hint.textContent = wordsFor(this.#texts, 'secret.pin.hint', { size })
  }

  #asks(kind: string | undefined): boolean {
    return (kind === 'pin' ? this.#steps.pin : this.#steps.pattern) !== undefined
  }

  #screenOf(element: HTMLElement): Screen {
    const { kind, occasion = '' } = element.dataset
    if (kind === 'pin') return this.#pinScreen(element, occasion)
    return kind === 'pattern' ? this.#patternScreen(element, occasion) : this.#fieldScreen(element)
  }

  #pinScreen(element: HTMLElement, occasion: string): Screen {
    const pad = new PinPad(element)
    this.#pins.set(occasion, pad)
    const problem = () => {
      if (pad.value.length !== pad.size) return wordsFor(this.#texts, 'error.pin', { size: pad.size })
      const differs = occasion === 'again' && pad.value !== this.#pins.get('new')?.value
      return differs ? this.#texts['error.different'] : undefined
    }
    return { element, problem, focus: () => pad.focus(), clear: () => pad.clear() }
  }

  #patternScreen(element: HTMLElement, occasion: string): Screen {
    const { 'secret.pattern.cell': cell = '', 'secret.pattern.joined': joined = '' } = this.#texts
    const grid = new PatternGrid(element, this.#steps.pattern ?? SMALLEST_SIDE, { cell, joined })
    this.#grids.set(occasion, grid)
    const problem = () => {
      if (!isPattern(grid.side, grid.cells)) return this.#texts['error.pattern']
      const differs = occasion === 'again' && String(grid.cells) !== String(this.#grids.get('new')?.cells)
      return differs ? this.#texts['error.different'] : undefined
    }
    return { element, problem, focus: () => grid.focus(), clear: () => grid.clear() }
  }

  #fieldScreen(element: HTMLElement): Screen {
    const fields = [...element.querySelectorAll('input')]
    const differs = ({ name, value }: HTMLInputElement) =>
      name.endsWith('_again') && value.trim() !== fields.find((field) => `${field.name}_again` === name)?.value.trim()
    const bad = () => fields.find((field) => !field.checkValidity() || differs(field))
    const problem = () => {
      const field = bad()
      for (const each of fields) each.setAttribute('aria-invalid', String(each === field))
      if (field === undefined) return undefined
      return this.#texts[`error.${field.name}`] ?? this.#texts['error.secret']
    }
    return { element, problem, focus: () => (bad() ?? fields[0])?.focus(), clear: () => undefined }
  }
}
