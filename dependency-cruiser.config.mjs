/**
 * Who may import whom; docs/decisions and the guide say why. test/boundaries.test.ts plants one violation a rule.
 * Node's own modules are called `fs` here, not `node:fs`: a pattern with `node:` silently matches nothing.
 */
const FLOW = ['formats', 'intake', 'evidence', 'timeline', 'controls', 'workpapers', 'binder'];
const NETWORK = '^(net|http|https|http2|dgram|dns|dns/promises|tls|inspector|inspector/promises)$';
const WORLD = '^(fs|fs/promises|child_process|cluster|worker_threads|os|process|vm|repl|module|wasi|sqlite)$';
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})(/|$)`;

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** A stage may import what stands to its left. One rule a stage, so that a message names the stage. */
const oneDirection = FLOW.slice(0, -1).map((stage, index) =>
  rule(
    `${stage}-looks-left`,
    'Imports run against the flow only: what a later stage needs is handed to it by engine/index.ts.',
    { path: `^engine/${stage}/` },
    { path: `^engine/(${FLOW.slice(index + 1).join('|')})/` },
  ),
);

/** The rooms below the flow know nothing of it, and not more of each other than they need. */
const foundations = [
  ['core', ['core']],
  ['store', ['core', 'store']],
  ['jobs', ['core', 'store', 'jobs']],
].map(([room, known]) =>
  rule(
    `${room}-is-below`,
    'Everything stands on this room, so it can stand on none of the others.',
    { path: `^engine/${room}/` },
    { path: '^engine/', pathNot: `^engine/(${known.join('|')})/` },
  ),
);

const config = {
  forbidden: [
    rule('no-circle', 'Two files that need each other are one idea in two places.', {}, { circular: true }),
    rule('no-dead-import', 'This import leads nowhere.', {}, { couldNotResolve: true }),
    rule(
      'shared-stands-alone',
      'The contract is read by every face, so it imports nothing of ours.',
      { path: '^shared/' },
      { path: '^(engine|cli|electron|renderer|samples|test|scripts)/' },
    ),
    rule(
      'shared-is-plain',
      'What is shared runs in a browser too: no module of Node, no package but the schemas.',
      { path: '^shared/' },
      { dependencyTypesNot: ['local'], pathNot: [packages('zod'), '^shared/'] },
    ),
    rule(
      'renderer-knows-the-contract',
      'The window speaks to the engine through the contract and knows nothing else of it.',
      { path: '^renderer/' },
      { path: '^(engine|cli|electron|samples|test|scripts)/' },
    ),
    rule(
      'renderer-has-no-node',
      'There is no Node in a window.',
      { path: '^renderer/' },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'renderer-packages',
      'A package in the window is one more thing to trust and to load: only those of the list.',
      { path: '^renderer/' },
      {
        path: 'node_modules/',
        pathNot: packages(
          'react',
          'react-dom',
          '@types/react',
          '@types/react-dom',
          '@tanstack',
          'radix-ui',
          'lucide-react',
          'zod',
          'vite',
        ),
      },
    ),
    rule(
      'hosts-enter-by-the-door',
      'A host uses the engine through its entrance, so that the rooms behind it can change.',
      { path: '^(electron|cli)/' },
      { path: '^engine/', pathNot: '^engine/(index|process|paths)\\.ts$' },
    ),
    rule(
      'hosts-are-strangers',
      'The two hosts and the window share nothing but the contract.',
      { path: '^(electron|cli)/' },
      { path: '^(electron|cli|renderer)/', pathNot: '^$1/' },
    ),
    rule(
      'engine-knows-no-host',
      'The engine runs the same under every host.',
      { path: '^engine/' },
      { path: ['^(electron|cli|renderer|test|scripts)/', packages('electron')] },
    ),
    rule(
      'samples-are-only-evidence',
      'The sample engagement goes through the same door as any other evidence; the entrance only passes its maker on.',
      { path: '^engine/', pathNot: '^engine/(index|sample-case)\\.ts$' },
      { path: '^samples/' },
    ),
    rule(
      'samples-know-no-importer',
      'What makes the evidence must not share code with what reads it, or both would be wrong alike.',
      { path: '^samples/' },
      { path: '^(engine|cli|electron|renderer|test|scripts)/', pathNot: '^engine/core/' },
    ),
    rule(
      'electron-in-its-room',
      'Only the shell may need a desktop.',
      { pathNot: '^(electron|test)/' },
      { path: packages('electron') },
    ),
    ...oneDirection,
    ...foundations,
    rule(
      'stages-do-not-hand-over',
      'The files beside index.ts hand values from stage to stage; a stage that calls them calls the next stage.',
      { path: '^engine/[^/]+/' },
      { path: '^engine/[^/]+\\.ts$' },
    ),
    rule(
      'formats-are-pure',
      'A reader of hostile bytes has no disk, no network, no process and no database.',
      { path: '^engine/formats/' },
      { path: [WORLD, NETWORK, '^engine/store/', packages('@duckdb')] },
    ),
    rule(
      'only-store-knows-duckdb',
      'One room knows the database, so that one place decides what it may do.',
      { pathNot: '^engine/store/' },
      { path: packages('@duckdb') },
    ),
    rule(
      'verify-stands-apart',
      'A checker that shares code with the maker repeats its mistakes.',
      { path: '^engine/verify/' },
      { path: '^engine/', pathNot: '^engine/(verify|core)/' },
    ),
    rule(
      'verify-packages',
      'The checker needs signatures and schemas, nothing else.',
      { path: '^engine/verify/' },
      { path: 'node_modules/', pathNot: packages('pkijs', 'asn1js', '@peculiar', 'zod', '@types/node') },
    ),
    rule(
      'engine-is-offline',
      'Evidence never leaves the machine: no network in the engine, in what it shares, or in the window.',
      { path: '^(engine|shared|renderer|samples)/' },
      { path: [NETWORK, packages('ws')] },
    ),
    rule(
      'no-development-packages',
      'What is installed for users must not need what is installed for developers.',
      { path: '^(engine|shared|cli|electron)/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg'], pathNot: packages('electron', '@types') },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.(css|svg|woff2)$' },
    // A type is knowledge too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};

export default config;
