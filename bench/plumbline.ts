import { fileURLToPath } from 'node:url'
import { bundle } from '../tools/build.ts'
import { entrypoint } from '../tools/image.ts'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
await bundle(DIST)

/** Arguments for Node.js that run the command line as the container does: bundled, with its flags. */
export const PLUMBLINE = entrypoint(DIST)
