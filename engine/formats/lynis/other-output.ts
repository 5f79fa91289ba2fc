/** What else Lynis writes, and what is not read: its log, and what it shows on the terminal. */

// 2026-11-21 06:38:42 Starting Lynis 3.0.8 with PID 1234, build date 2021-05-31
const LOG_START = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} (?:Starting Lynis|### Starting Lynis|====|Lynis )/;
// [ Lynis 3.0.8 ]
const SCREEN_START = /^(?:\u001b\[[\d;]*m)*\[ (?:\u001b\[[\d;]*m)*Lynis \d/;

/** A name for the output that begins with this line; `undefined` for lines of a report and of others. */
export function otherOutput(line: string): 'the log' | 'the terminal output' | undefined {
  if (/^\d{4}-/.test(line) && LOG_START.test(line)) return 'the log';
  return SCREEN_START.test(line) ? 'the terminal output' : undefined;
}
