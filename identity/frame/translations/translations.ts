import type { TextKey } from '../texts.ts'
import { GERMAN } from './de.ts'
import { SPANISH } from './es.ts'
import { FRENCH } from './fr.ts'
import { DUTCH } from './nl.ts'
import { SWEDISH } from './sv.ts'

/** Every text of the pages in the languages other than English, by their BCP 47 tags. */
export const TRANSLATIONS: Readonly<Record<string, Readonly<Record<TextKey, string>>>> = {
  de: GERMAN,
  es: SPANISH,
  fr: FRENCH,
  nl: DUTCH,
  sv: SWEDISH,
}
