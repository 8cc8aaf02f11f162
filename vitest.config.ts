import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['mainstem-source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['mainstem-source', 'node', 'import', 'default'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // Written for bundlers: Node itself finds none of its files.
    server: { deps: { inline: ['dt-sql-parser'] } },
  },
})
