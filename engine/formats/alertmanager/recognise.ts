import { recogniseEvents } from '../event-records/recognise-events.ts';
import { at, firstText, objectsAt } from '../event-records/values.ts';
import type { Recognition } from '../format.ts';
import { alertRecords, kindOf } from './record-kind.ts';

/**
 * How many of the complete records in the head are alerts or silences that have what only Alertmanager gives them: a
 * fingerprint, a generator, a receiver, a state. Times and labels alone are not enough.
 */
export function recogniseAlerts(head: Uint8Array): Recognition {
  return recogniseEvents({ ...alertRecords, isEvent: isSurely }, head);
}

function isSurely(value: unknown): boolean {
  switch (kindOf(value)) {
    case 'alert':
      return isSureAlert(value);
    case 'notification':
    case 'status':
      return true;
    case 'group':
      return objectsAt(value, 'alerts').some(isSureAlert);
    case 'silence':
      return firstText(value, 'createdBy', 'comment', 'status.state') !== undefined;
    case undefined:
      return false;
  }
}

function isSureAlert(alert: unknown): boolean {
  const named = firstText(alert, 'labels.alertname') !== undefined;
  const told = firstText(alert, 'fingerprint', 'generatorURL', 'status', 'status.state') !== undefined;
  return told && (named || at(alert, 'receivers') !== undefined);
}
