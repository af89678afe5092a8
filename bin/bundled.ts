import { main } from '../cli/main.ts'

// What `npm run build` bundles. The container brings the right Node.js, so nothing has to be checked first.
await main(process.argv.slice(2))
