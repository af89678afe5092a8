import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { makeVectors } from './vectors.ts'

/** Writes the published test vectors: `npx tsx tests/vectors/generate.ts`. */
export const VECTOR_FILE = new URL('sv-schnorr-r255-1.json', import.meta.url)

export const vectorText = async (): Promise<string> => `${JSON.stringify(await makeVectors(), null, 2)}\n`

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(VECTOR_FILE, await vectorText())
