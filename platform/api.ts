export * from './postgres/api.ts'
