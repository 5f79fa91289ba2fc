/** Members that can hold an event as text. */
export const textMembers: readonly string[] = [
  ...['message', '_raw', 'event.original', 'log', '@message', 'properties.log', 'line', 'log_s', 'Message', 'body'],
  ...['result._raw', 'LogMessage'],
];
