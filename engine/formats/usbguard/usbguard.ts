/** Audit log of USBGuard, of both its backends. docs/formats/usbguard.md */
import type { Format } from '../format.ts';
import { UsbguardReader } from './reader.ts';
import { recogniseUsbguard } from './recognise.ts';

export const usbguard: Format = {
  id: 'usbguard',
  title: 'USBGuard audit log',
  version: 1,
  framing: 'lines',
  streams: ['usbguard'],
  recognise: recogniseUsbguard,
  open: (sink, context) => new UsbguardReader(sink, context),
};
