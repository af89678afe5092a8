import type { TextKey } from '../texts.ts'
import { GERMAN } from './de.ts'

/** Every text of the pages in the languages other than English, by their BCP 47 tags. */
export const TRANSLATIONS: Readonly<Record<string, Readonly<Record<TextKey, string>>>> = { de: GERMAN }
