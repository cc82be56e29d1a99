import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The client is a folder of static files under any path of any host: addresses are relative and routes live in
// the fragment, so the server needs no rewriting rule. `CHANCERY_SERVER` names the server that the development
// server hands API calls to.
const server = process.env.CHANCERY_SERVER ?? 'http://127.0.0.1:8008'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('./dist', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // The Matrix SDK comes with the signed-in part only; it is large and known to be.
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: Object.fromEntries(['/_matrix', '/api/v1'].map((path) => [path, { target: server, changeOrigin: true }])),
  },
})
