#!/usr/bin/env node
import { nodeIsNewEnough } from './node-version.mjs'

// What `npm run build` bundles. An old Node.js must not read more than this before it is told.
if (nodeIsNewEnough()) {
  const { main } = await import('../cli/main.ts')
  await main(process.argv.slice(2))
}
