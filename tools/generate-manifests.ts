import { writeFile } from 'node:fs/promises'
import { manifests } from './packages.ts'

/** Writes what the packages have in common with the root into their manifests. */
for (const [file, text] of await manifests()) await writeFile(file, text)
