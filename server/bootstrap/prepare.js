/**
 * The first thing that `npm start` and its relatives run: makes this checkout ready for the program that follows.
 *
 * Any Node.js may meet this file, so it uses nothing that an old one cannot read, and asks for the version before
 * anything newer is loaded.
 */
const oldestMajor = 20

if (Number(process.versions.node.split('.')[0]) < oldestMajor) {
  console.error(
    `Chancery needs Node.js ${oldestMajor} or later to start, and this is ${process.versions.node}. ` +
      'Install a newer one from https://nodejs.org, then run the same command again.',
  )
  process.exit(1)
}

// An error that nobody foresaw may end the process with its own words.
void import('./steps.js').then((steps) => steps.prepare(process.argv[2] || 'start'))
