export { createBlobs, createBlobsOn } from './blobs/blobs.ts'
export { masterKeyCheck } from './vault/master-key.ts'
export { createVault } from './vault/vault.ts'
