import type { Sign } from '../clocks/signs.ts';
import { fact, heading, rejected, wordsOf, type LineKind, type LineReading, type ReportKind } from './kind.ts';

const UNIT = String.raw`\S+\.(?:service|socket|timer|target|mount|automount|swap|path|slice|scope|device)`;

/** `systemctl list-units`: UNIT LOAD ACTIVE SUB [JOB] DESCRIPTION, a mark before units that failed, a legend at the end. */
const UNITS_HEADING = /^\s*UNIT\s+LOAD\s+ACTIVE\s+SUB\s+(?:JOB\s+)?DESCRIPTION$/;
const LISTED = new RegExp(
  String.raw`^\s*(?:[●*○×↻]\s+)?(${UNIT})\s+(loaded|not-found|bad-setting|error|masked|merged|stub)\s+(active|reloading|inactive|failed|activating|deactivating|maintenance|refreshing)\s+(\S+)(?:\s+(.*))?$`,
);
const LEGEND =
  /^(?:(?:LOAD|ACTIVE|SUB|JOB)\s+(?:=|→) |Legend: |\d+ (?:loaded )?units? (?:listed|files? listed)|To show all installed unit files|\d+ unit files listed|Pass --all to see)/;

export const systemctlUnits: LineKind = {
  id: 'systemctl list-units',
  as: 'as systemctl list-units prints them',
  framing: 'lines',
  signOf: (line) =>
    UNITS_HEADING.test(line) || LISTED.test(line) ? 'sure' : LEGEND.test(line.trim()) ? 'fits' : 'other',
  open: () => (line) => (UNITS_HEADING.test(line) || LEGEND.test(line.trim()) ? heading : readUnit(line)),
};

function readUnit(line: string): LineReading {
  const [, unit = '', load, active, sub, description] = LISTED.exec(line) ?? [];
  if (unit === '') return rejected('The line is no unit as systemctl list-units prints them.');
  return fact({ type: 'service', id: unit, fields: { unit, load, active, sub, description } });
}

/** `systemctl list-unit-files`: UNIT FILE, STATE, PRESET. */
const FILES_HEADING = /^UNIT FILE\s+STATE(?:\s+(?:VENDOR )?PRESET)?$/;
const FILE = new RegExp(
  String.raw`^(${UNIT})\s+(enabled|enabled-runtime|linked|linked-runtime|alias|masked|masked-runtime|static|indirect|disabled|generated|transient|bad)(?:\s+(enabled|disabled|ignored|-))?$`,
);

export const systemctlFiles: LineKind = {
  id: 'systemctl list-unit-files',
  as: 'as systemctl list-unit-files prints them',
  framing: 'lines',
  signOf: (line) => (FILES_HEADING.test(line) || FILE.test(line) ? 'sure' : LEGEND.test(line) ? 'fits' : 'other'),
  open: () => (line) => {
    if (FILES_HEADING.test(line) || LEGEND.test(line)) return heading;
    const [, unit = '', state, preset] = FILE.exec(line) ?? [];
    if (unit === '') return rejected('The line is no unit file as systemctl list-unit-files prints them.');
    return fact({ type: 'service', id: unit, fields: { unit, state, preset: preset === '-' ? undefined : preset } });
  },
};

/** `systemctl show UNIT`: `Name=value`; of several units one after another, each is a record. */
const PROPERTY = /^([A-Z][A-Za-z0-9]*)=(.*)$/;
const TELLING = new RegExp(String.raw`^(?:Id=${UNIT}|(?:LoadState|ActiveState|SubState|UnitFileState|FragmentPath)=)`);

export const systemctlShow: ReportKind = {
  id: 'systemctl show',
  as: 'as systemctl show prints them',
  framing: 'report',
  signOf: (line): Sign => (TELLING.test(line) ? 'sure' : PROPERTY.test(line) ? 'fits' : 'other'),
  begins: (line, before) => {
    const name = PROPERTY.exec(line)?.[1];
    return (
      name !== undefined &&
      before[0]?.startsWith(`${name}=`) === true &&
      before.length > 1 &&
      /^(?:Type|Id|Restart|Names)=/.test(line)
    );
  },
  read: (lines) => {
    const fields = new Map<string, string>();
    let last = '';
    for (const line of lines) {
      const [, name, value = ''] = PROPERTY.exec(line) ?? [];
      if (name === undefined) {
        // A value of several lines goes on.
        if (last === '') return `The report does not begin with a property: ${JSON.stringify(line.slice(0, 60))}.`;
        fields.set(last, `${fields.get(last)}\n${line}`);
        continue;
      }
      last = name;
      // A property may come several times: ExecStart=.
      fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value);
    }
    const id = fields.get('Id') ?? wordsOf(fields.get('Names') ?? '')[0];
    if (id === undefined || id === '') return 'The report has no Id: it does not say which unit it is of.';
    return [{ type: 'service', id, name: id, fields: Object.fromEntries(fields) }];
  },
};
