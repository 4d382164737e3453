/** Codes of errors: what is wrong, and what to do about it. docs/errors.md shows them in the same words. */
import type { CodeGroup } from './explanation.js';

export const ERROR_GROUPS: readonly CodeGroup[] = [
  {
    title: 'Command line and files',
    codes: {
      'XDS-USAGE': [
        'Unknown command or option, a value that does not fit, both a scenario and folders, nothing to simulate.',
        'See `--help` of the command.',
      ],
      'XDS-FILE-NOT-FOUND': [
        'A path does not exist, or is a folder where a file is meant.',
        'Paths count from where you are, those in a scenario file from that file.',
      ],
      'XDS-FILE-UNREADABLE': ['The system refuses to read it.', 'Check rights and links.'],
      'XDS-FILE-ENCODING': ['Not UTF-8 text.', 'Save it as UTF-8, or move it out of the folder.'],
      'XDS-FOLDER-EMPTY': [
        'A folder without any `.yaml`, `.yml` or `.json` file. Hidden files do not count.',
        'Give the folder that holds the manifests.',
      ],
      'XDS-OUT-UNWRITABLE': [
        '`--out` or `--trace` leads to a folder, or to a place that cannot be written.',
        'Create the folder first, or choose another file.',
      ],
      'XDS-OUT-EXISTS': ['`init` does not write over a file.', '`--force`, or another `--out`.'],
      'XDS-STRATEGY-UNKNOWN': ['`--strategy` names none.', '`xdsim strategies` lists them.'],
      'XDS-STRATEGY-NOT-OFFERED': [
        'A strategy about policies for a change that touches none.',
        'Leave it out; the hint names those that there are.',
      ],
      'XDS-SCHEMA-UNKNOWN': ['`xdsim schema` has none of that name.', '`xdsim schema` lists them.'],
      'XDS-EXPLAIN-UNKNOWN': [
        '`xdsim explain` knows no such word.',
        'The hint names the nearest; `xdsim explain` lists all.',
      ],
      'XDS-PROXY-UNKNOWN': [
        '`--proxy` names none of the mesh.',
        'Gateways are `gw-1` …, sidecars `sc-1` …; the hint says how many there are.',
      ],
      'XDS-AT-OUTSIDE': [
        '`--at` lies before the first write or beyond the horizon.',
        'Give a time in between, or `--set horizonMs=…`.',
      ],
      'XDS-PAGE-MISSING': [
        '`view`, `--open` or `--format html`, and the page has not been built.',
        '`npm run build` once, in the root of the clone.',
      ],
      'XDS-PAGE-PORT': ['`view --port` names a port that is taken, or that you may not use.', 'Leave it out.'],
      'XDS-CHANGE-NONE': [
        'before and after hold the same objects.',
        'Put the new state into the after folder. Comments and order do not count as a change.',
      ],
    },
  },
  {
    title: 'YAML and manifests',
    codes: {
      'XDS-YAML-SYNTAX': [
        'Not YAML: a bracket without end, a wrong indent, a key twice, an alias of nothing.',
        'Correct the line that is shown.',
      ],
      'XDS-YAML-TAB': ['Indented by a tab.', 'Use spaces.'],
      'XDS-MANIFEST-EMPTY': ['There are files, and no object in them.', 'Check that templates were rendered.'],
      'XDS-MANIFEST-TYPE': [
        'A field has the wrong type, such as a text where a list belongs; or a document is not an object.',
        'The hint says which type is expected.',
      ],
      'XDS-MANIFEST-MISSING': [
        'A required field is not there, a route sends its requests nowhere, or a TLS route names no server.',
        'Add it.',
      ],
      'XDS-MANIFEST-UNKNOWN-FIELD': [
        'Istio has no such field at this place.',
        'Mostly a slip: the hint names the nearest field, or all of them.',
      ],
      'XDS-MANIFEST-VALUE': ['A value that the field cannot have.', 'The hint lists what it can be.'],
      'XDS-MANIFEST-API-VERSION': ['An API version that the kind does not have.', 'Use one of those in the hint.'],
      'XDS-MANIFEST-MATCH': [
        'A string match with an unknown kind, or with several at once.',
        'One of `exact`, `prefix`, `regex`.',
      ],
      'XDS-MANIFEST-REGEX': [
        'Not a regular expression of RE2, which Envoy uses.',
        'RE2 has no lookaround and no back-references.',
      ],
      'XDS-MANIFEST-WEIGHT': [
        'A negative weight, or several destinations whose weights add up to 0.',
        'Correct the weights.',
      ],
      'XDS-MANIFEST-DUPLICATE': [
        'The same object twice in one state.',
        'Remove one; before and after are two folders.',
      ],
      'XDS-MANIFEST-DUPLICATE-SUBSET': ['A DestinationRule with two subsets of one name.', 'Rename one.'],
    },
  },
  {
    title: 'Scenario file and `--set`',
    codes: {
      'XDS-SCENARIO-NOT-FOUND': [
        'The folder has no `scenario.yaml`.',
        'Name the file, give `--before` and `--after`, or write one with `init`.',
      ],
      'XDS-SCENARIO-DOCUMENTS': ['Several YAML documents in a scenario file.', 'One scenario, one document.'],
      'XDS-SCENARIO-MISSING': ['A required field is not there: `before` and `after` have no default.', 'Add it.'],
      'XDS-SCENARIO-UNKNOWN-FIELD': ['There is no such field.', 'The hint names the nearest; `init` shows all.'],
      'XDS-SCENARIO-VALUE': ['A value of the wrong type or out of range.', 'The hint says what it can be.'],
      'XDS-SCENARIO-ISTIO-VERSION': [
        'A version whose messages are not modelled.',
        '1.22 to 1.32; [versions](versions.md) says what they differ in.',
      ],
      'XDS-CALIBRATION-FORMAT': [
        'What `calibration` of a scenario names was not written by `xdsim calibrate`.',
        'Write one: `xdsim calibrate --metrics FILE --out calibration.yaml`. What is wrong with its values is shown in that file, with the codes above.',
      ],
      'XDS-SET-PATH': [
        '`--set` with a path that leads nowhere, or for `calibrate` to what is no part of a mesh.',
        'Paths are those of the scenario file, such as `mesh.services`.',
      ],
      'XDS-SET-VALUE': [
        '`--set` with a value that is no YAML.',
        "Quote it for the shell: `--set 'latencies.watchMs={uniform: [1, 5]}'`.",
      ],
    },
  },
  {
    title: 'Metrics for `calibrate`',
    codes: {
      'XDS-METRICS-FORMAT': [
        'Neither a Prometheus text exposition nor the JSON of a range query.',
        'istiod serves its metrics at `:15014/metrics`.',
      ],
      'XDS-METRICS-MISSING': [
        'The histograms that everything rests on are not there: push, queue and convergence time. Or a range query is of one moment.',
        'Scrape istiod itself, not a proxy; query a range.',
      ],
      'XDS-METRICS-RESET': [
        'A counter is smaller in the second scrape, or falls within the range: istiod restarted, or the two are of different pods or in the wrong order.',
        'The earlier one first, both of one process; `--istiods N` for the files of several.',
      ],
      'XDS-METRICS-TWICE': [
        'A scrape has one series twice: several istiods in one file.',
        'A file each, and `--istiods N`; or one of a Prometheus server, whose labels tell them apart.',
      ],
      'XDS-METRICS-URL': [
        'The address is not `http` or `https`, does not answer within 10 s, refuses, redirects, or sends more than 16 MiB.',
        'Try it with `curl`; save what it prints to a file.',
      ],
    },
  },
  {
    title: 'Lab',
    codes: {
      'XDS-LAB-EMPTY': [
        'The folder has no group that is compared: `cells/`, `shapes/`, `scale/`, or `train-…` or `tcp-…` in `other/`. `fit` needs `cells/` or `scale/`.',
        'Give the folder above `cells`, such as `test/lab`.',
      ],
      'XDS-LAB-MISSING-FILE': [
        'A cell without one of its three files.',
        '`before.yaml`, `cell.yaml`, `measured.ndjson`.',
      ],
      'XDS-LAB-UNKNOWN-CELL': ['`--cell` names none.', 'The hint names the nearest.'],
      'XDS-CELL-MISSING': ['`cell.yaml` or a row lacks a field.', '[test/lab](../test/lab/README.md) describes them.'],
      'XDS-CELL-TYPE': ['A field of the wrong type.', 'As the hint says.'],
      'XDS-CELL-UNKNOWN-FIELD': ['`cell.yaml` has a field that the format does not.', 'Correct or remove it.'],
      'XDS-CELL-VALUE': [
        'A value out of range, or slow proxies with different times in one cell.',
        'As the hint says.',
      ],
      'XDS-CELL-WRITE': [
        'A write with neither or both of `apply` and `delete`, or of a kind that is not simulated.',
        'One of them per write.',
      ],
      'XDS-CELL-ISTIO': [
        'A cell or row with an Istio version that is not modelled.',
        '1.22 to 1.32, with any patch or suffix.',
      ],
      'XDS-CELL-ROW': [
        'A row of `measured.ndjson` is not a JSON object, or there is none.',
        'Remove a last line that was cut off.',
      ],
    },
  },
];
