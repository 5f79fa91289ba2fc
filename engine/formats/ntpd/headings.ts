/** True when ntpq says that it could not ask ntpd. */
export function isNtpqError(text: string): boolean {
  return /^(?:(?:\S*\/)?ntpq: .*|No association ID's returned|\S+: timed out, nothing received|\*\*\*Request timed out|ntpd is not running\.?)$/.test(
    text,
  );
}

/** Lines between the records of ntpq: rules, and which server answered. */
export function isNtpqHeading(text: string): boolean {
  return /^={10,}$/.test(text) || /^server: \S+ ?/.test(text) || /^(?:sntp|ntpdig) \S*\d+\.\d+\S*(?: |$)/.test(text);
}
