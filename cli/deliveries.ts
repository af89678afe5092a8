export { fileDeliveries, writePrivately } from '../reconciler/file-deliveries.ts'
