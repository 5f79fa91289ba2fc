/** Numbers as people read them, the same on every machine: no locale of the machine takes part. */

/** `1,234,567`. */
export function countText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 day`, `2 days`: the count and its noun; `plural` where an `s` is not enough. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${countText(value)} ${value === 1 ? noun : plural}`;
}

/** `1.4 MB`, in powers of 1000; bytes below 1000 exactly. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 'bytes';
  while (value >= 1000 && units.length > 0) {
    value /= 1000;
    unit = units.shift() ?? unit;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** `8 s`, `2 min 5 s`, `1 h 3 min`: time left, whole seconds rounded up. */
export function secondsText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
